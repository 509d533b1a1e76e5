"""At which moments a person decides in `bench.killed_decisions`, and what is to come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bench.holding import When

WRITES: Final = "approval: writes\n"
TRAFFIC: Final = "approval: traffic\n"
CANARY: Final = "rollout: {strategy: canary, bake: PT30M, samples_per_minute: 0}\n"
LINEAR: Final = "rollout: {strategy: linear, step: 50, interval: PT30M, samples_per_minute: 0}\n"
MIRROR: Final = (
    "rollout: {strategy: canary, bake: PT30M, samples_per_minute: 0, "
    "mirror: {percent: 20, bake: PT30M}}\n"
)

_ENDPOINT: Final = r"/onlineEndpoints/[^/]+$"
_DEPLOYMENT: Final = "/deployments/"

type Serves = Literal["old", "new", "nothing"]


@dataclass(frozen=True)
class Row:
    """A moment and a decision.

    Attributes:
        decision: what the person says.
        phase: where the job is then, in words.
        outcome: the job's outcome.
        serves: which version has the traffic in the end.
        manifest: of the job.
        calls: at which call the job is held: `method`, `path`, `host`.
        nth, when: which of these calls, and whether it is carried out.
        waits: else, the kind of the step at which the job waits.
        first: no version serves before.
        rolls_back: the endpoint was rolled back before, and is held.
    """

    decision: str
    phase: str
    outcome: str
    serves: Serves
    manifest: str = ""
    calls: Mapping[str, Any] = field(default_factory=dict)
    nth: int = 1
    when: When = "after"
    waits: str = ""
    first: bool = False
    rolls_back: bool = False


def _at(method: str, path: str, host: str = "") -> dict[str, str]:
    return {"method": method, "path": path, "host": host}


_CREATES: Final = _at("PUT", _DEPLOYMENT)
_PUT_BACK: Final = ("canceled", "old")

ROWS: Final = (
    Row("cancel", "waits at a held endpoint", *_PUT_BACK, waits="plan", rolls_back=True),
    Row("cancel", "reads its package", *_PUT_BACK, calls=_at("GET", "/packages/"), when="before"),
    Row("cancel", "keeps its plan", *_PUT_BACK, calls=_at("PUT", "/jobs/[^/]+/plan")),
    Row(
        *("cancel", "creates its endpoint", "canceled", "nothing"),
        calls=_at("PUT", _ENDPOINT),
        first=True,
    ),
    Row(
        *("cancel", "grants a role", "canceled", "nothing"),
        calls=_at("PUT", "/roleAssignments/"),
        first=True,
    ),
    Row("cancel", "registers its model", *_PUT_BACK, calls=_at("PUT", "/models/")),
    Row("cancel", "creates its deployment", *_PUT_BACK, calls=_CREATES),
    Row("cancel", "asks the sample", *_PUT_BACK, calls=_at("POST", "/score"), when="before"),
    Row("cancel", "waits for approval", *_PUT_BACK, manifest=WRITES, waits="approval"),
    Row("cancel", "bakes", *_PUT_BACK, manifest=CANARY, waits="bake"),
    Row("cancel", "moves the traffic", *_PUT_BACK, calls=_at("PUT|PATCH", _ENDPOINT)),
    Row("cancel", "has its result", "succeeded", "new", calls=_at("PUT", "/jobs/[^/]+/result")),
    Row("approve", "waits before its writes", "succeeded", "new", WRITES, waits="approval"),
    Row("approve", "waits before traffic", "succeeded", "new", TRAFFIC, waits="approval"),
    Row("approve", "creates its deployment", "succeeded", "new", TRAFFIC, calls=_CREATES),
    Row("reject", "waits before its writes", "rejected", "old", WRITES, waits="approval"),
    Row("reject", "waits before traffic", "rejected", "old", TRAFFIC, waits="approval"),
    Row("reject", "creates its deployment", "rejected", "old", TRAFFIC, calls=_CREATES),
    Row("promote", "bakes, a canary", "succeeded", "new", CANARY, waits="bake"),
    Row("promote", "bakes, linear", "succeeded", "new", LINEAR, waits="bake"),
    Row("promote", "bakes, mirrored", "succeeded", "new", MIRROR, waits="bake"),
    Row("promote", "creates its deployment", "succeeded", "new", CANARY, calls=_CREATES),
    Row("abort", "bakes, a canary", "rolled back", "old", CANARY, waits="bake"),
    Row("abort", "bakes, linear", "rolled back", "old", LINEAR, waits="bake"),
    Row("abort", "bakes, mirrored", "rolled back", "old", MIRROR, waits="bake"),
    Row("abort", "creates its deployment", "rolled back", "old", CANARY, calls=_CREATES),
)
