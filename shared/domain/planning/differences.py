"""How a release differs from what serves now. Pure; variables are shown by name alone."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.planning.deployment_plan import current, instances
from shared.domain.planning.deployment_spec import SET_BY_SLUICE, environment_id
from shared.domain.planning.step import Observed, live
from shared.domain.release.release import DIGEST_TAG, DeploymentAsk, EndpointAsk, Release

_SETTINGS = ("request_settings", "liveness_probe", "readiness_probe")
_SET_BY_AZURE = ("AZUREML_", "AML_")


@dataclass(frozen=True)
class Difference:
    """A property as it is now, and as it is after the plan."""

    what: str
    now: Any
    then: Any


def differences(release: Release, observed: Observed) -> tuple[Difference, ...]:
    """List what the release changes of the deployment that serves now, and of its endpoint."""
    found = (
        *_endpoint(release.endpoint, observed.endpoint),
        *_deployment(release, observed),
        *_traffic(release, observed),
    )
    return tuple(it for it in found if it.now != it.then)


def settings_differences(now: DeploymentState, ask: DeploymentAsk) -> Iterator[Difference]:
    """Yield what the request changes of a deployment's settings."""
    return (it for it in _settings(now, ask) if it.now != it.then)


def serving(observed: Observed) -> DeploymentState | None:
    """Return the deployment with most of the traffic, else the one that was released last."""
    shares = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
    name = max(shares, key=lambda it: shares[it]) if shares else observed.newest
    return next((it for it in observed.deployments if it.name == name), None)


def _endpoint(ask: EndpointAsk, there: EndpointState | None) -> Iterator[Difference]:
    if there is None:
        yield Difference("endpoint", None, ask.name)
        return
    for what in ("auth_mode", "description", "public_network_access"):
        asked = getattr(ask, what)
        if asked is not None:
            yield Difference(f"endpoint {what}", getattr(there, what), asked)
    for kind in ("tags", "properties"):
        held: Mapping[str, str] = getattr(there, kind)
        for name, value in getattr(ask, kind).items():
            yield Difference(f"endpoint {kind} {name}", held.get(name), value)


def _deployment(release: Release, observed: Observed) -> Iterator[Difference]:
    now, ask = current(release, observed) or serving(observed), release.deployment
    yield Difference("deployment", now.name if now else None, release.deployment_name)
    if now is None:
        return
    yield Difference("digest", now.tags.get(DIGEST_TAG), release.digest)
    yield Difference("environment", now.environment, _environment(release, now, observed))
    yield Difference("instance_type", now.instance_type, ask.instance_type)
    yield Difference("instance_count", now.instance_count, instances(release, observed))
    yield from settings_differences(now, ask)


def _settings(now: DeploymentState, ask: DeploymentAsk) -> Iterator[Difference]:
    yield Difference("app_insights_enabled", now.app_insights_enabled, ask.app_insights_enabled)
    access = ask.egress_public_network_access
    if access is not None:
        held = now.egress_public_network_access
        yield Difference("egress_public_network_access", held, access)
    for what in _SETTINGS:
        yield from _fields(what, getattr(now, what), getattr(ask, what))
    yield from _variables(now.environment_variables, ask.environment_variables)


def _environment(release: Release, now: DeploymentState, observed: Observed) -> str:
    """The ARM id of the environment; that of `now` if only its case differs, or Azure made it."""
    wanted = environment_id(release, observed.workspace.id)
    if not wanted:  # Azure makes it, under a name of its own
        return now.environment
    return now.environment if now.environment.lower() == wanted.lower() else wanted


def _fields(what: str, now: Any, then: Any) -> Iterator[Difference]:
    if now is None:  # Azure does not report it
        return
    held, asked = asdict(now), asdict(then)
    for name, value in asked.items():
        yield Difference(f"{what}.{name}", held[name], value)


def _variables(now: Mapping[str, str], then: Mapping[str, str]) -> Iterator[Difference]:
    """Changed variables by name: their values may be secrets."""
    held = {name for name in now if not _is_added(name)} | (now.keys() & then.keys())
    for name in sorted(held | then.keys()):
        what = f"environment variable {name}"
        if name not in held:
            yield Difference(what, "not set", "set")
        elif name not in then:
            yield Difference(what, "set", "not set")
        elif now[name] != then[name]:
            yield Difference(what, "set", "another value")


def _is_added(name: str) -> bool:
    return name in SET_BY_SLUICE or name.startswith(_SET_BY_AZURE)


def _traffic(release: Release, observed: Observed) -> Iterator[Difference]:
    now = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
    yield Difference("traffic", now, {release.deployment_name: 100})
