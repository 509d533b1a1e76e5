"""Files that an ignore file keeps from a package."""

import re
from collections.abc import Mapping

type LeftOut = Mapping[str, str]
"""Paths in the package, each with the file and line that leave it out: `.gitignore:3`."""


def left_out(path: str, place: str) -> tuple[str, str]:
    """Cause and remedy for a file that is left out by that file and line."""
    line = "!/" + re.sub(r"([\\*?\[])", r"\\\1", path)
    return (
        f"'{path}' is left out by {place}",
        f"Take the pattern out, or add the line '{line}' below it",
    )
