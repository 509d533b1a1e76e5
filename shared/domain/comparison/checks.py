"""The outcome of one comparison, and the document that the ledger keeps of a gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.domain.comparison.settings import Gate

type Outcome = Literal["passed", "failed", "undecided"]

MAY_PASS = frozenset({401, 404, 408, 429})
"""Statuses below 500 that are not about the request: key, place, time, load."""

REFUSED = "the old deployment refuses each sample, so nothing could be compared"


@dataclass(frozen=True)
class Reply:
    """What a deployment answers.

    Args:
        status: the HTTP status; the model's own where the endpoint's front replaced it.
        body: JSON, else text.
        media_type: of the body.
        complete: False if a stream broke off.
        problem: why the body cannot be used, else empty.
    """

    status: int
    body: Any = None
    media_type: str = "application/json"
    complete: bool = True
    problem: str = ""

    @property
    def usable(self) -> bool:
        return self.status == 200 and self.complete and not self.problem

    @property
    def refused(self) -> bool:
        """The request was at fault: the same one is refused again."""
        return 400 <= self.status < 500 and self.status not in MAY_PASS


@dataclass(frozen=True)
class Check:
    """One thing that was compared. `skipped`: there was nothing to compare it with."""

    name: str
    state: Literal["passed", "failed", "skipped"]
    words: str


def verdict(
    gate: Gate, found: Sequence[Check], outcome: Outcome, words: str, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the document of a gate's verdict.

    It has the fields of a stage's verdict too, as stage 0 with no traffic, so that whoever reads
    verdicts need not know of gates.
    """
    return {
        "gate": gate,
        "stage": 0,
        "percent": 0,
        "mirrored": False,
        "outcome": outcome,
        "words": words,
        "compared": [vars(it) for it in found],
        **about,
    }
