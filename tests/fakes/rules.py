"""Azure ML's reasons to refuse a call, as far as steps can meet them."""

import re
from collections.abc import Collection, Mapping

from shared.domain.azure.endpoint import EndpointSpec, EndpointState
from shared.domain.failure import Conflict, Refused

_NAME = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9]){2,31}")


def missing(what: str) -> Refused:
    return Refused("ResourceNotFound", f"There is no {what}.", status=404)


def unmade() -> Refused:
    """The refusal of a deployment by an endpoint whose creation failed."""
    message = "The endpoint has not been created successfully. Recreate the endpoint and try again."
    return Refused("InferencingClientCallFailed", message, status=400)


def check_name(name: str) -> None:
    """Check a name: a letter first, letters, digits and single dashes, 3 to 32 characters."""
    if len(name) > 32 or not _NAME.fullmatch(name):
        raise Refused("BadArgument", f"{name} is not a name of an endpoint.", status=400)


def check_idle(endpoint: str, *, busy: bool) -> None:
    """Allow one operation at a time for an endpoint and its deployments."""
    if busy:
        raise Conflict("Conflict", f"An operation runs on endpoint {endpoint}.", status=409)


def check_unchanged(old: EndpointState, spec: EndpointSpec) -> None:
    """Refuse a change of the identity or of existing properties; new ones may be added."""
    same = old.identity.kind == spec.identity.kind and (
        spec.identity.kind == "SystemAssigned"
        or old.identity.resource_id == spec.identity.resource_id
    )
    if not same:
        raise Refused("BadRequest", "The identity cannot change.", status=400)
    for name, value in spec.properties.items():
        if old.properties.get(name, value) != value:
            raise Refused("BadRequest", f"Property {name} cannot change.", status=400)


def check_traffic(traffic: Mapping[str, int], deployments: Collection[str]) -> None:
    """Allow traffic only to existing deployments, and 0 or 100 in all."""
    unknown = [name for name, share in traffic.items() if share and name not in deployments]
    if unknown:
        raise Refused("BadArgument", f"There is no deployment {unknown[0]}.", status=400)
    if sum(traffic.values()) not in (0, 100):
        raise Refused("BadArgument", "Traffic must sum to 0 or 100.", status=400)


def check_mirror(mirror: Mapping[str, int], deployments: Collection[str]) -> None:
    """Allow mirrored traffic to one existing deployment, at most half of it."""
    given = {name: share for name, share in mirror.items() if share}
    if len(given) > 1 or sum(given.values()) > 50 or not given.keys() <= set(deployments):
        raise Refused("BadArgument", "Mirror to one deployment, at most 50.", status=400)


def check_version(arm_id: str, kind: str, known: Collection[tuple[str, str]]) -> None:
    """Check that a deployment names a registered version, by ARM id."""
    found = re.search(rf"/{kind}/([^/]+)/versions/([^/]+)$", arm_id)
    if found is None or (found[1], found[2]) not in known:
        raise missing(f"version {arm_id}")


def no_driver() -> Refused:
    """The refusal of a deployment without an environment, by name in Azure's article."""
    message = "The request is invalid. MissingDriverProgram: Could not find driver program."
    return Refused("BadRequest", message, status=400)


def check_served(arm_id: str, known: Collection[tuple[str, str]]) -> None:
    """Check that Azure serves a model without environment and code, as it does MLflow models."""
    if arm_id.startswith("azureml://registries/"):
        if "/registries/azureml/models/echo-text/" not in arm_id:
            raise missing(f"model {arm_id}")
        return
    found = re.search(r"/models/([^/]+)/versions/([^/]+)$", arm_id)
    if found is None or (found[1], found[2]) not in known:
        raise no_driver()
