"""Drift: differences between the current state and the last release. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.planning.differences import settings_differences
from shared.domain.planning.step import live
from shared.domain.release.release import Release


@dataclass(frozen=True)
class Drift:
    """One difference: the property, as requested, and as found."""

    what: str
    asked: Any
    found: Any


def drifts(
    last: Mapping[str, Any],
    endpoint: EndpointState | None,
    deployments: Iterable[DeploymentState],
    release: Release | None = None,
) -> tuple[Drift, ...]:
    """List everything that differs from the last release.

    Args:
        last: the ledger's last release; only what it has is compared.
        endpoint: the current endpoint, None if it is gone.
        deployments: its current deployments.
        release: the same release as it was planned; without it, no settings are compared.
    """
    if endpoint is None:
        return (Drift("endpoint", "there", "gone"),)
    name = str(last["deployment"])
    state = next((it for it in deployments if it.name == name), None)
    found = (*_endpoint(last, endpoint, name), *_deployment(last, state, name))
    if state is None or release is None:
        return found
    settings = settings_differences(state, release.deployment)
    return (*found, *(Drift(it.what, it.then, it.now) for it in settings))


def _endpoint(last: Mapping[str, Any], endpoint: EndpointState, name: str) -> Iterator[Drift]:
    if endpoint.provisioning_state == "Failed":
        yield Drift("endpoint", "Succeeded", endpoint.provisioning_state)
    if (traffic := live(endpoint.traffic)) != {name: 100}:
        yield Drift("traffic", {name: 100}, traffic)
    if last.get("auth_mode") not in {None, endpoint.auth_mode}:
        yield Drift("auth_mode", last["auth_mode"], endpoint.auth_mode)


def _deployment(
    last: Mapping[str, Any], state: DeploymentState | None, name: str
) -> Iterator[Drift]:
    if state is None:
        yield Drift(f"deployment {name}", "there", "gone")
        return
    if state.provisioning_state in {"Failed", "Canceled"}:
        yield Drift(f"deployment {name}", "Succeeded", state.provisioning_state)
    model = last.get("model")
    if model is not None and not state.model.lower().endswith(str(model).lower()):
        yield Drift("model", model, state.model)
    for what in ("instance_type", "instance_count"):
        found = getattr(state, what)
        if last.get(what) not in {None, found}:
            yield Drift(what, last[what], found)
