"""Read the figures of a quota error, in Azure's three forms."""

import re

from shared.domain.azure.vm_sizes import size_of
from shared.domain.diagnosis.row import Signal

_SIZE = re.compile(r"quota (?:available )?for (Standard_\w+)", re.IGNORECASE)
_USED = re.compile(r"usage/limit: (\d+)/(\d+)\D+needed: (\d+)", re.IGNORECASE)
_REQUESTED = re.compile(r"quota requested is (\d+) and .*?quota is \[?([\w/]+)", re.IGNORECASE)
_AVAILABLE = re.compile(r"available: (\d+)[\Wn]+requested: (\d+)", re.IGNORECASE)
_ASK = "Ask for more in studio under Quota, or in the portal under Quotas, Machine Learning"


def describe_quota(signal: Signal) -> str:
    """Describe the family, the cores needed and left, and where to request more."""
    parts = [_family(signal.message), _figures(signal.message), _ASK]
    return ". ".join(part for part in parts if part)


def _family(message: str) -> str:
    found = _SIZE.search(message)
    size = size_of(found[1]) if found else None
    if found is None or size is None:
        return ""
    return f"{size.name} counts against the quota of {size.family}, {size.cores} cores each"


def _figures(message: str) -> str:
    if (found := _USED.search(message)) is not None:
        used, limit, needed = (int(it) for it in found.groups())
        return f"{needed} cores are needed, {max(0, limit - used)} of {limit} are left"
    if (found := _REQUESTED.search(message)) is not None:
        return f"{found[1]} cores are needed, the subscription's limit is {found[2]}"
    if (found := _AVAILABLE.search(message)) is not None:
        return f"{found[2]} cores are asked for, {found[1]} are left, and Azure keeps a reserve"
    return ""
