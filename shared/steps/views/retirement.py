"""View: the workspace's deployments that are hit by the retirement of prompt flow."""

from typing import Any

from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.kinds.known import kind_named
from shared.domain.manifest.environment_reference import read_reference
from shared.domain.release.release import JOB_TAG, Release, from_json
from shared.domain.release.retirement import (
    RETIRES_ON,
    days_left,
    owner_of,
    remedy,
    what_retires,
)
from shared.ports import Ports

Shown = dict[str, Any]


def list_retiring(ports: Ports) -> Shown:
    """Every online deployment that runs a retired image or prompt flow, soonest to fail first.

    Deployments that Sluice did not make are looked at too. Calls: one list of the endpoints, one
    list for each endpoint, and one read for each environment.
    """
    images, found, checked = _Images(ports), list[Shown](), 0
    for endpoint in ports.workspace.endpoints():
        for deployment in ports.workspace.deployments(endpoint.name):
            checked += 1
            shown = _retiring(images, endpoint, deployment)
            found += [shown] if shown is not None else []
    return {
        "retires_on": RETIRES_ON.isoformat(),
        "days_left": days_left(ports.now().date()),
        "checked": checked,
        "deployments": sorted(
            found, key=lambda it: (it["runs"] == "prompt flow", not it["traffic"])
        ),
    }


def _retiring(
    images: "_Images", endpoint: EndpointState, deployment: DeploymentState
) -> Shown | None:
    ours = JOB_TAG in deployment.tags
    image = images.of(deployment)
    flow = ours and images.is_flow(deployment)
    runs = what_retires(image, deployment.environment_variables, flow=flow)
    if runs is None:
        return None
    return {
        "endpoint": endpoint.name,
        "deployment": deployment.name,
        "traffic": endpoint.traffic.get(deployment.name, 0),
        "runs": runs,
        "image": image or None,
        "environment": deployment.environment,
        "owner": owner_of(deployment.tags, endpoint.tags),
        "made_by_sluice": ours,
        "remedy": remedy(runs, _short(deployment.environment), made_by_sluice=ours),
    }


class _Images:
    """Finds the base images of deployments; each environment is read once."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._known: dict[str, str] = {}

    def of(self, deployment: DeploymentState) -> str:
        """The base image, or nothing if it is not known."""
        environment = deployment.environment
        if environment not in self._known:
            self._known[environment] = self._released(deployment) or self._registered(environment)
        return self._known[environment]

    def is_flow(self, deployment: DeploymentState) -> bool:
        """Whether a deployment that Sluice made runs prompt flow; True if its release is gone."""
        release = self._release(deployment)
        return release is None or kind_named(release.kind).retires

    def _released(self, deployment: DeploymentState) -> str:
        """The image that the release names, since Azure names none for an image that it built."""
        release = self._release(deployment)
        asked = release.environment if release is not None else None
        return asked.image if asked is not None and asked.build is None else ""

    def _release(self, deployment: DeploymentState) -> Release | None:
        job = deployment.tags.get(JOB_TAG)
        kept = self._ports.ledger.read(job, "release") if job else None
        return from_json(kept) if kept is not None else None

    def _registered(self, environment: str) -> str:
        named = read_reference(environment)
        if named is None:
            return ""
        found = self._ports.workspace.environment(named.name, named.version)
        return found.image if found is not None else ""


def _short(environment: str) -> str:
    named = read_reference(environment)
    return f"{named.name}:{named.version}" if named is not None else environment
