"""Ids that a request can contain: jobs, runs, revisions, and keys that make requests unique."""

import re
from typing import Literal, Self

from shared.domain.parsing.text import WrongName, quoted, text_problem

_WORD = re.compile(r"[A-Za-z0-9]{1,64}")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
_DIGEST = re.compile(r"[0-9a-f]{6,64}")
_LETTER = re.compile(r"[0-9]{1,20}(?:-[0-9a-f]{4,12}){1,4}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}")
_LONGEST_TOKEN = 2_000
_LONGEST_KEY = 255
_LONGEST_REASON = 500


class JobId(str):
    """The id of a job."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if _WORD.fullmatch(text) is None:
            cause = f"{quoted(text)} cannot be a job's id"
            raise WrongName(cause, "Use the id from the answer or the result of the job")
        return super().__new__(cls, text)


class RunName(str):
    """The name of a run in the workspace."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if _RUN.fullmatch(text) is None:
            raise WrongName(
                f"{quoted(text)} cannot name a run",
                "Give the run's name: letters, digits, '_', '-' and '.'",
            )
        return super().__new__(cls, text)


class Revision(str):
    """`current`, `previous`, or the first digits of a digest."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if text not in {"current", "previous"} and _DIGEST.fullmatch(text.lower()) is None:
            raise WrongName(
                f"{quoted(text)} cannot be a revision",
                "Name current, previous, or the first six or more digits of a digest",
            )
        return super().__new__(cls, text.lower())


class Reason(str):
    """Why a person decides something, in a line of their own; may be empty."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if text and (problem := text_problem(text, _LONGEST_REASON)) is not None:
            raise WrongName(f"{quoted(text)} cannot be a reason: {problem}", "Write it in one line")
        return super().__new__(cls, text)


class LetterId(str):
    """The id of a dead letter."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if _LETTER.fullmatch(text) is None:
            cause = f"{quoted(text)} cannot be a dead letter's id"
            ids = "the ids that sluice dead-letters lists (GET /api/dead-letters)"
            raise WrongName(cause, f"Use one of {ids}")
        return super().__new__(cls, text)


def letter_queue(text: str) -> Literal["requests", "changes", "blobs"]:
    """Return a queue of dead letters. Raises WrongName."""
    match text:
        case "requests" | "changes" | "blobs":
            return text
    raise WrongName(f"{quoted(text)} has no dead letters", "Name requests, changes or blobs")


class Key(str):
    """A key that makes a request unique: an idempotency key, an ETag."""

    __slots__ = ()

    def __new__(cls, text: str, what: str = "an idempotency key") -> Self:
        if (problem := text_problem(text, _LONGEST_KEY)) is not None:
            raise WrongName(f"{quoted(text)} cannot be {what}: {problem}", "Use another one")
        return super().__new__(cls, text)


class PageToken(str):
    """The token of a page of a list, as an earlier answer gave it."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if (problem := text_problem(text, _LONGEST_TOKEN)) is not None:
            cause = f"{quoted(text)} cannot be the token of a page: {problem}"
            raise WrongName(cause, "Use the 'before' of an earlier answer")
        return super().__new__(cls, text)
