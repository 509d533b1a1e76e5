"""A `pip install` of a Dockerfile: recognised, and what of it matters here."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PipInstall:
    """One `pip install`: its arguments, and the folder it runs in."""

    arguments: tuple[str, ...]
    folder: Path


_COMMAND = re.compile(
    r"(?:\S*/)?(?:python3?(?:\.\d+)?\s+-m\s+)?(?:\S*/)?pip3?\s+install\s+(.+)", re.DOTALL
)
# The tools are there, and what only tells pip how to behave in an image is ours to say.
_ALREADY = frozenset({"pip", "setuptools", "wheel"})
_DROPPED = frozenset({"--no-cache-dir", "--user", "--upgrade", "-U", "--quiet", "-q"})


def install_arguments(command: str) -> list[str] | None:
    """What a shell command tells pip to install; None where it is another command."""
    match = _COMMAND.fullmatch(command.strip())
    if match is None:
        return None
    return [word for word in shlex.split(match[1]) if word not in _DROPPED | _ALREADY]
