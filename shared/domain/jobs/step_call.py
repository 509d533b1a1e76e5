"""The input of one activity: which step to run, and where the job stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.release.release import Limits
from shared.domain.requests.request import JobKind, moment

RESUMED = "resumed"
"""In `known`: the plan was there before this orchestration began, so steps may have run."""


@dataclass(frozen=True)
class StepCall:
    """One activity call, as the orchestrator makes it; JSON.

    Args:
        job: the job.
        endpoint: the endpoint that the job changes.
        kind: the step's row in the job's table of steps.
        job_kind: which table that is; None where the job began before this field existed.
        key: names the step within the job's timeline, e.g. `step-3` or `undo-0`.
        title: the step, for people.
        arguments: the step's arguments.
        attempt: number of the attempt at the change, from 1; a denied one is repeated.
        tries: number of calls of the step so far, over all attempts, from 1.
        fence: the turn's number, None before the job has its turn.
        yields: the job gives way to a newer request for the endpoint.
        operation: the status URL to poll, None to run the step.
        own: the step started that operation itself.
        written: the step's own write is done.
        since: when the step began, or, if later, when the operation that it waits for began or
            ended (ISO 8601).
        said: the step's last note in the timeline.
        person: the call before this one waited for a person.
        until: when the newest grant must have taken effect (ISO 8601), None without grants: a
            permission failure before that means 'not yet'.
        known: facts from earlier steps of the job, so that Azure is not read again.
        rests: Azure asked not to be called yet: only keep the turn.
        decided: a person may have decided something: look into the ledger.
        last: once this step is done, the job has done its work, and cannot be canceled any more.
        done: it has done its work.
        moved: it has moved traffic. `partly`: and a rollout is in progress.
        limits: for how long the job waits for what; None where it began before this field existed.
    """

    job: str
    endpoint: str
    kind: str
    key: str
    title: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    tries: int = 1
    fence: int | None = None
    yields: bool = True
    operation: str | None = None
    own: bool = False
    written: bool = False
    since: str | None = None
    said: str = ""
    person: bool = False
    job_kind: JobKind | None = None
    until: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    decided: bool = False
    rests: bool = False
    last: bool = False
    done: bool = False
    moved: bool = False
    partly: bool = False
    limits: Limits | None = None

    @property
    def is_first(self) -> bool:
        """True if this is the first call of its step."""
        return self.tries == 1 and self.attempt == 1

    @property
    def deadline(self) -> str:
        """A line that says until when the job waits for a person at this step; or nothing."""
        begun = moment(self.since)
        if begun is None or self.limits is None:
            return ""
        end = begun + timedelta(seconds=self.limits.grant)
        return f"\nDeadline: {end:%Y-%m-%d %H:%M} UTC"

    @property
    def is_final(self) -> bool:
        """True if the job deletes something and has begun: it then goes on to its end.

        What is deleted stays deleted; to stop there would leave the roles of an endpoint that is
        gone.
        """
        begun = self.key != "step-0" or self.own or self.written or self.operation is not None
        begun = begun or bool(self.known.get(RESUMED))
        return self.job_kind == "removal" and self.kind not in {"prepare", "plan"} and begun


@cache
def _call_adapter() -> TypeAdapter[StepCall]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(StepCall)


def call_from_json(plain: Mapping[str, Any]) -> StepCall:
    return _call_adapter().validate_python(plain)


def call_to_json(call: StepCall) -> dict[str, Any]:
    """Without what has its default: histories keep it."""
    plain: dict[str, Any] = _call_adapter().dump_python(call, mode="json", exclude_defaults=True)
    return plain
