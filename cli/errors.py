"""Exit codes, and the errors that end a command."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
SUPERSEDED: Final = 3
UNREACHABLE: Final = 4
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

EXIT_CODES: Final = (
    "0 succeeded or unchanged, 1 failed or rolled back, 2 rejected or wrong usage, "
    "3 superseded by a newer job or canceled, 4 something does not answer, 130 Ctrl-C"
)


class CommandError(Exception):
    """Ends the command; its text is printed for the user."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class NotFoundError(CommandError):
    """Sluice says that there is no such thing."""

    def __init__(self, message: str) -> None:
        super().__init__(message, REFUSED)


class WrongKeyError(CommandError):
    """Sluice refuses the function key."""

    def __init__(self, message: str) -> None:
        super().__init__(message, UNREACHABLE)


def refused(message: str) -> CommandError:
    """The arguments are wrong, or the package is not valid."""
    return CommandError(message, REFUSED)


def no_endpoint(name: str, others: Iterable[str]) -> CommandError:
    """The workspace has no endpoint of that name; one with a similar name is proposed."""
    near = get_close_matches(name, list(others), n=1)
    hint = f"did you mean {near[0]}?" if near else "`sluice endpoints` lists those there are"
    return refused(f"there is no endpoint '{name}'; {hint}")


def no_job(job: str, newest: Iterable[str]) -> CommandError:
    """There is no such job; one with a similar id is proposed."""
    near = get_close_matches(job, list(newest), n=1)
    hint = f"did you mean {near[0]}?" if near else "`sluice jobs` lists the newest"
    return refused(f"there is no job {job}; {hint}")


def unreachable(message: str) -> CommandError:
    """Something that the command needs does not answer."""
    return CommandError(message, UNREACHABLE)
