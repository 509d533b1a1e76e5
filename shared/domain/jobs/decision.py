"""Decisions: what a person says to a job that runs."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

type DecisionKind = Literal["cancel", "approve", "reject", "promote", "abort"]
DECISIONS: tuple[DecisionKind, ...] = get_args(DecisionKind.__value__)
EVENT = "decision"
"""The external event that makes an orchestration look into the ledger."""


class Decision(BaseModel):
    """Who decided what, and when. The ledger keeps one of each kind for a job."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: DecisionKind
    at: str = Field(description="ISO 8601 in UTC.")
    by: str = Field(default="", description="The caller's name; empty if only a key is known.")
    reason: str = ""

    @property
    def words(self) -> str:
        """Who and why, for people: `by ann@example.org (it answers nonsense)`."""
        why = f" ({self.reason})" if self.reason else ""
        return f"by {self.by or 'somebody with a key'}{why}"
