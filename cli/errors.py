"""Exit codes, and the errors that end a command."""

from typing import Final

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
SUPERSEDED: Final = 3
UNREACHABLE: Final = 4
INTERRUPTED: Final = 130


class CommandError(Exception):
    """Ends the command; its text is printed for the user."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def refused(message: str) -> CommandError:
    """The arguments are wrong, or the package is not valid."""
    return CommandError(message, REFUSED)


def no_endpoint(name: str) -> CommandError:
    """The workspace has no endpoint of that name."""
    return refused(f"there is no endpoint '{name}'; `sluice endpoints` lists those there are")


def unreachable(message: str) -> CommandError:
    """Something that the command needs does not answer."""
    return CommandError(message, UNREACHABLE)
