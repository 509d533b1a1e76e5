"""Starts what comes with Sluice's repository, as processes of their own."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cli.errors import refused

_ROOT: Final = Path(__file__).parents[1]


def local_command(*words: str) -> tuple[list[str], Mapping[str, str]]:
    """Return command and environment of `python -m local...`, from any working directory.

    Raises:
        CommandError: this is not a checkout of the repository.
    """
    if not (_ROOT / "local" / "__main__.py").is_file():
        raise refused("the local stack comes with Sluice's repository, and is not installed here")
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return [sys.executable, "-m", *words], environment
