"""Orchestration versions, compared as the Durable extension does with its default strategy.

See 'Orchestration versioning in Durable Functions': a worker takes orchestrations of its own
`defaultVersion` and of older ones. No version is older than any.
"""

import re

_NUMBERS = re.compile(r"\d+(\.\d+){0,3}")


def is_newer(version: str, than: str) -> bool:
    """Return whether a version comes after another: by number where both are numbers, else text."""
    if not version or not than:
        return bool(version) and not than
    if _NUMBERS.fullmatch(version) and _NUMBERS.fullmatch(than):
        return _numbers(version) > _numbers(than)
    return version.lower() > than.lower()


def _numbers(version: str) -> list[int]:
    return [int(it) for it in version.split(".")]
