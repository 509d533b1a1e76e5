"""Decisions: what a person says to a job that runs."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.domain.access.caller import KEY_HOLDER
from shared.domain.identifiers.ids import JobId, Reason
from shared.domain.parsing.strict_json import read_request
from shared.domain.requests.request_body import MOST_BYTES, parse_body

type DecisionKind = Literal["cancel", "approve", "reject", "promote", "abort"]
DECISIONS: tuple[DecisionKind, ...] = get_args(DecisionKind.__value__)
SENDER = "the sender of a message"
"""Who decided by Service Bus: nobody knows more."""
EVENT = "decision"
"""The external event that makes an orchestration look into the ledger."""


class Decision(BaseModel):
    """Who decided what, and when. The ledger keeps one of each kind for a job."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: DecisionKind
    at: str = Field(description="ISO 8601 in UTC.")
    by: str = Field(default="", description="The caller's name, or SENDER; empty for a key alone.")
    reason: str = ""

    @property
    def words(self) -> str:
        """Who and why, for people: `by ann@example.org (it answers nonsense)`."""
        why = f" ({self.reason})" if self.reason else ""
        return f"by {self.by or KEY_HOLDER}{why}"


_SHAPE = 'Send {"job": "its id", "decision": "approve"}, with a "reason" if you like'


class AskedDecision(BaseModel):
    """A decision as a message has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    job: Annotated[str, AfterValidator(JobId)]
    decision: DecisionKind
    reason: Annotated[str, AfterValidator(Reason)] = ""


def is_decision(body: bytes) -> bool:
    """Return whether a message is about a job, not a request for a new one."""
    if len(body) > MOST_BYTES:
        return False
    try:
        value = read_request(body)
    except ValueError:
        return False
    names = set(value) if isinstance(value, dict) else set[str]()
    return bool(names & {"job", "decision"}) and "source" not in names


def parse_asked_decision(body: bytes) -> AskedDecision:
    """Read the body of a message. Raises Rejected with all faults in it."""
    return parse_body(AskedDecision, body, _SHAPE)
