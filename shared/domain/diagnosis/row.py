"""A row of the table: the signs by which a failure is known, its cause, and what to do."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.diagnosis.log_end import TRACEBACK, log_end
from shared.domain.masking import masked

TROUBLESHOOTING = (
    "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints"
)
ARTICLE = (
    "https://learn.microsoft.com/azure/machine-learning/prompt-flow/"
    "how-to-deploy-for-real-time-inference"
)
STATUS_CODES = f"{TROUBLESHOOTING}#http-status-codes"
GRANTS = f"{ARTICLE}#grant-permissions-to-the-endpoint"


@dataclass(frozen=True)
class Signal:
    """What was seen. Secrets in message and log are masked here: both come from outside.

    Args:
        code: Azure's error code, or Sluice's own for what Azure does not judge.
        message: Azure's message with its details, or the endpoint's answer.
        log: the end of the container's log, where there is one.
        step: the title of the step that failed.
        status: HTTP's, of a call to the scoring URI; 0 where none was made.
    """

    code: str
    message: str = ""
    log: str = ""
    step: str = ""
    status: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", masked(self.message))
        object.__setattr__(self, "log", masked(self.log))


@dataclass(frozen=True)
class Row:
    """One known case.

    Args:
        name: what the reference calls it.
        seen: how it looks; also the row's test.
        cause: why, one sentence without its full stop.
        remedy: what to do; several are told in the order in which to try them.
        code: a regular expression over the whole code.
        signs: regular expressions that must all be found in message or log, whatever their case.
        said: the same in the message alone: a log holds many a word by chance.
        logged: the same in the whole log; only for words that nothing else says.
        statuses: of the scoring call; none for whatever it was.
        page: where Microsoft writes of it.
        needs: ids of roles, or actions, of which the endpoint's identity needs one: it may be
            missing, or not be in force yet.
        more: adds to the remedy what only this signal can tell.
        also: further ways to look, each of them a test too.
    """

    name: str
    seen: Signal
    cause: str
    remedy: str
    code: str = ".*"
    signs: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    logged: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    page: str = TROUBLESHOOTING
    needs: tuple[str, ...] = ()
    more: Callable[[Signal], str] | None = None
    also: tuple[Signal, ...] = ()

    @property
    def examples(self) -> tuple[Signal, ...]:
        """All the ways to look."""
        return (self.seen, *self.also)

    def fits(self, signal: Signal) -> bool:
        """Whether the signal has all the signs of this row."""
        if self.statuses and signal.status not in self.statuses:
            return False
        text = f"{signal.code}: {signal.message}\n{_evidence(signal)}"
        return (
            bool(re.fullmatch(self.code, signal.code))
            and all(re.search(sign, text, re.IGNORECASE) for sign in self.signs)
            and all(re.search(sign, signal.message, re.IGNORECASE) for sign in self.said)
            and all(re.search(sign, signal.log, re.IGNORECASE) for sign in self.logged)
        )


def _evidence(signal: Signal) -> str:
    """What of the log may tell the cause: a runtime that works complains of many things, too."""
    end = log_end(signal.log)
    return end if not signal.status or TRACEBACK in end else ""
