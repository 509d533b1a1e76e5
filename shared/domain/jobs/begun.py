"""Which writes of a job have begun, by its timeline.

The orchestrator knows a write only once its activity has ended. If the app dies in the middle of an
activity, and the job is then stopped at once, what that activity had written must be put back too,
and Azure may still show the state before it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

RECORDED = frozenset({"ensure_deployment", "set_traffic"})
"""The kinds of steps whose begin is recorded before they write."""


def begun_writes(events: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the kinds of the plan's steps that have begun to write.

    A step that was stopped before it ran has no event that says that it runs.
    """
    return frozenset(
        it["kind"]
        for it in events
        if it["kind"] in RECORDED and it["key"].startswith("step-") and it["state"] == "running"
    )
