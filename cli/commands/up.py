"""`sluice up`: run the local stack."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from cli.errors import refused

_ROOT: Final = Path(__file__).parents[2]


def up(options: Sequence[str]) -> NoReturn:
    """Become `python -m local up` with these options.

    Raises:
        CommandError: this is not a checkout of the repository.
    """
    if not (_ROOT / "local" / "__main__.py").is_file():
        raise refused("the local stack comes with Sluice's repository, and is not installed here")
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    words = [sys.executable, "-m", "local", "up", *options]
    os.execve(sys.executable, words, os.environ | {"PYTHONPATH": os.pathsep.join(paths)})  # noqa: S606
