"""Which endpoint a prompt flow run asks for, where nobody names one."""

import re

# promptflow names runs '{flow}_variant_{n}_{date}_{time}_{microseconds}', or without a variant.
_MADE = re.compile(
    r"(_variant_[A-Za-z0-9]+)?_\d{8}_\d{6}_\d{1,6}$|_variant_[A-Za-z0-9]+_[0-9a-f]{8,}$"
)


def endpoint_name_of_run(run: str) -> str:
    """The run's name without what promptflow adds to the flow's, as an endpoint may be called.

    `web_classification_variant_0_20260101_120000_123456` asks for `web-classification`: every run
    of a flow asks for the same endpoint. What is no letter or digit becomes a dash; no more than
    32 characters are left.
    """
    flow = _MADE.sub("", run) or run
    return re.sub(r"[^A-Za-z0-9]+", "-", flow).strip("-")[:32].rstrip("-")
