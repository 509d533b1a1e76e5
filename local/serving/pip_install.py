"""Parser of `pip install` commands in a Dockerfile."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PipInstall:
    """One `pip install`: its arguments and its working directory."""

    arguments: tuple[str, ...]
    folder: Path


_COMMAND = re.compile(
    r"(?:\S*/)?(?:python3?(?:\.\d+)?\s+-m\s+)?(?:\S*/)?pip3?\s+install\s+(.+)", re.DOTALL
)
# Tools that the overlay has already, and options that the overlay sets itself.
_ALREADY = frozenset({"pip", "setuptools", "wheel"})
_DROPPED = frozenset({"--no-cache-dir", "--user", "--upgrade", "-U", "--quiet", "-q"})


def install_arguments(command: str) -> list[str] | None:
    """Return the arguments of a `pip install` command; None for any other command."""
    match = _COMMAND.fullmatch(command.strip())
    if match is None:
        return None
    return [word for word in shlex.split(match[1]) if word not in _DROPPED | _ALREADY]
