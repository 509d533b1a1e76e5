"""Plan the comparison of a new deployment with the one that serves, before any traffic. Pure."""

from collections.abc import Iterator

from shared.domain.comparison.settings import Gate
from shared.domain.planning.step import Observed, Step, live
from shared.domain.release.release import Release
from shared.domain.release.retirement import serves_prompt_flow


def comparison_steps(release: Release, observed: Observed) -> Iterator[Step]:
    """Yield the step that compares the two, if any gate applies and there is one to compare with.

    Yields nothing for a deployment that is replaced in place: the one before it is gone by then.
    """
    old = compared_with(release, observed)
    gates = _gates(release, observed, old) if old is not None else ()
    if gates:
        arguments = {"old": old, "gates": list(gates)}
        title = f"Compare {release.deployment_name} with {old}: {' and '.join(gates)}"
        yield Step("compare", title, arguments)


def comparison_warnings(release: Release, observed: Observed, *, moves: bool) -> Iterator[str]:
    """Say why gates that are asked for do not apply. `moves`: the plan moves traffic."""
    asked = release.comparison.demanded
    if moves and asked and compared_with(release, observed) is None:
        named = " and ".join(asked)
        serving = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
        why = "no deployment has traffic yet"
        if release.deployment_name in serving:
            why = f"{release.deployment_name}, which serves, is itself changed in place"
        yield f"{named.capitalize()} cannot be compared: {why}"


def compared_with(release: Release, observed: Observed) -> str | None:
    """Return the other deployment with the most traffic, or None if none has any."""
    serving = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
    there = {it.name for it in observed.deployments}
    others = {
        name: share
        for name, share in serving.items()
        if name != release.deployment_name and name in there
    }
    return max(others, key=lambda name: others[name], default=None)


def _gates(release: Release, observed: Observed, old: str) -> tuple[Gate, ...]:
    """Return the gates for a comparison with a deployment.

    By default they depend on its kind of package: that of its release; of one that Sluice did not
    make only prompt flow is recognised, and any other counts as another kind.
    """
    kind = observed.kinds.get(old)
    if kind is None:
        state = next(it for it in observed.deployments if it.name == old)
        kind = "prompt_flow" if serves_prompt_flow(state.environment_variables) else ""
    return release.comparison.gates(other_kind=kind != release.kind)
