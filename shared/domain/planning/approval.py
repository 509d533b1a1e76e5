"""Plan where a job waits for a person's approval. Pure."""

from collections.abc import Sequence

from shared.domain.planning.deployment_plan import replaces
from shared.domain.planning.step import Observed, Step, live
from shared.domain.release.release import Release


def with_approval(release: Release, observed: Observed, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps with the approval among them, if one is needed.

    A plan without steps needs none, and one that moves no traffic needs none before traffic. A
    deployment that serves and is replaced in place has the traffic at once: then it comes first.
    """
    if release.approval == "none" or not steps:
        return tuple(steps)
    place = 0
    if release.approval == "traffic" and not _replaces_serving(release, observed):
        moves = [number for number, step in enumerate(steps) if step.kind == "set_traffic"]
        if not moves:
            return tuple(steps)
        place = moves[0]
    asked = Step("approval", "Wait for an approval")
    return (*steps[:place], asked, *steps[place:])


def _replaces_serving(release: Release, observed: Observed) -> bool:
    serving = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
    return release.deployment_name in serving and replaces(release, observed)
