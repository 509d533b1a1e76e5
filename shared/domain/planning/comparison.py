"""Plan the comparison of a new deployment with the one that serves, before any traffic. Pure."""

from collections.abc import Iterator

from shared.domain.planning.deployment_plan import replaces
from shared.domain.planning.step import Observed, Step, live
from shared.domain.release.release import Release
from shared.domain.release.retirement import serves_prompt_flow


def comparison_steps(release: Release, observed: Observed) -> Iterator[Step]:
    """Yield the step that compares the two, if any gate applies and there is one to compare with.

    Yields nothing for a deployment that is replaced in place: the one before it is gone by then.
    """
    old = _most_traffic(observed, other_than=release.deployment_name)
    if old is None:
        return
    gates = release.comparison.gates(other_kind=_kind(observed, old) != release.kind)
    if gates:
        known = observed.releases.get(old)
        arguments = {"old": old, "gates": list(gates), "job": known.job if known else None}
        title = f"Compare {release.deployment_name} with {old}: {' and '.join(gates)}"
        yield Step("compare", title, arguments)


def comparison_warnings(release: Release, observed: Observed, *, moves: bool) -> Iterator[str]:
    """Say which gates would apply, had they anything to compare with. `moves`: any traffic."""
    replaced = replaces(release, observed)
    if _most_traffic(observed, other_than=release.deployment_name) or not (moves or replaced):
        return
    old = _most_traffic(observed)
    other_kind = old is not None and _kind(observed, old) != release.kind
    gates = release.comparison.gates(other_kind=other_kind)
    if gates:
        why = f"{old} is replaced in place" if replaced and old else "no deployment has traffic"
        yield f"{' and '.join(gates).capitalize()} cannot be compared: {why}"


def _most_traffic(observed: Observed, other_than: str = "") -> str | None:
    """Return the deployment with the most traffic, or None if none has any."""
    serving = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
    there = {it.name for it in observed.deployments} - {other_than}
    found = {name: share for name, share in serving.items() if name in there}
    return max(found, key=lambda name: found[name], default=None)


def _kind(observed: Observed, name: str) -> str:
    """Return the kind of package of a deployment: that of its release.

    Of a deployment that Sluice did not make only prompt flow is recognised; empty for any other.
    """
    released = observed.releases.get(name)
    if released is not None:
        return released.kind
    state = next(it for it in observed.deployments if it.name == name)
    return "prompt_flow" if serves_prompt_flow(state.environment_variables) else ""
