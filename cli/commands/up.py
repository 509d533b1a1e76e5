"""`sluice up`: run the local stack."""

import os
from collections.abc import Sequence
from typing import NoReturn

from cli.checkout import local_command


def up(options: Sequence[str]) -> NoReturn:
    """Become `python -m local up` with these options.

    Raises:
        CommandError: this is not a checkout of the repository.
    """
    command, environment = local_command("local", "up", *options)
    os.execve(command[0], command, environment)  # noqa: S606
