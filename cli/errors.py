"""How a command ends, and what goes wrong with it, as one clear line."""

from typing import Final

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
SUPERSEDED: Final = 3
UNREACHABLE: Final = 4
INTERRUPTED: Final = 130


class CommandError(Exception):
    """A command cannot go on. The text is for the person who typed it."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def refused(message: str) -> CommandError:
    """What was asked makes no sense, or the package is not one."""
    return CommandError(message, REFUSED)


def no_endpoint(name: str) -> CommandError:
    """The workspace has none of that name."""
    return refused(f"there is no endpoint '{name}'; `sluice endpoints` lists those there are")


def unreachable(message: str) -> CommandError:
    """Something that the command needs does not answer."""
    return CommandError(message, UNREACHABLE)
