"""A row of the table: the signs of a failure, its cause and its remedy."""

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
NOT_READY = f"{TROUBLESHOOTING}#error-resourcenotready"
STATUS_CODES = f"{TROUBLESHOOTING}#http-status-codes"
GRANTS = f"{ARTICLE}#grant-permissions-to-the-endpoint"


@dataclass(frozen=True)
class Signal:
    """An observed error. Secrets in message and log are masked here: both come from outside.

    Args:
        code: Azure's error code, or Sluice's own.
        message: Azure's message with its details, or the endpoint's answer.
        log: the end of the container's log, if there is one.
        step: the title of the step that failed.
        status: HTTP status of the call to the scoring URI; 0 if there was none.
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
        name: its name in the reference.
        seen: an example; also the row's test.
        cause: the cause, one sentence without its full stop.
        remedy: the remedy; several are listed in the order in which to try them.
        code: a regular expression over the whole code.
        signs: regular expressions that must all match in message or log, ignoring case.
        said: as `signs`, in the message alone: a log contains many words by chance.
        logged: as `signs`, in the whole log; only for unambiguous words.
        statuses: HTTP statuses of the scoring call; empty for any.
        page: Microsoft's page about it.
        needs: ids of roles, or actions, of which the endpoint's identity needs one: it may be
            missing, or may not have taken effect yet.
        more: makes an addition to the remedy from the signal.
        also: further examples, each of them a test too.
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
        """All examples."""
        return (self.seen, *self.also)

    def fits(self, signal: Signal) -> bool:
        """Return whether the signal has all signs of this row."""
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
    """Return the part of the log that may show the cause; a healthy runtime logs warnings too."""
    end = log_end(signal.log)
    return end if not signal.status or TRACEBACK in end else ""
