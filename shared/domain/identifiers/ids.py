"""What else a request is given by: jobs, runs, revisions, and the keys that tell requests apart."""

import re
from typing import Self

from shared.domain.parsing.text import WrongName, quoted, text_problem

_WORD = re.compile(r"[A-Za-z0-9]{1,64}")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
_DIGEST = re.compile(r"[0-9a-f]{6,64}")
_LONGEST_KEY = 255


class JobId(str):
    """A job."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if _WORD.fullmatch(text) is None:
            cause = f"{quoted(text)} cannot be a job's id"
            raise WrongName(cause, "Give the id that the answer or the result of the job has")
        return super().__new__(cls, text)


class RunName(str):
    """A run of the workspace."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if _RUN.fullmatch(text) is None:
            raise WrongName(
                f"{quoted(text)} cannot name a run",
                "Give the run's name: letters, digits, '_', '-' and '.'",
            )
        return super().__new__(cls, text)


class Revision(str):
    """`current`, `previous`, or how a digest begins."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if text not in {"current", "previous"} and _DIGEST.fullmatch(text.lower()) is None:
            raise WrongName(
                f"{quoted(text)} cannot be a revision",
                "Name current, previous, or the first six or more digits of a digest",
            )
        return super().__new__(cls, text.lower())


class Key(str):
    """What tells one request from the next: an idempotency key, an ETag."""

    __slots__ = ()

    def __new__(cls, text: str, what: str = "an idempotency key") -> Self:
        if (problem := text_problem(text, _LONGEST_KEY)) is not None:
            raise WrongName(f"{quoted(text)} cannot be {what}: {problem}", "Give another")
        return super().__new__(cls, text)
