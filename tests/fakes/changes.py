"""The changes that an operation makes in the fake workspace at its start and end."""

import uuid
from dataclasses import replace

from shared.domain.access.permission import permits
from shared.domain.access.roles import (
    ACR_PULL,
    CONNECTION_SECRETS_READER,
    READ_SECRETS,
    REPOSITORY_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    required_grants,
)
from shared.domain.azure.consume import scoring_url
from shared.domain.azure.endpoint import EndpointSpec, EndpointState, Identity
from shared.domain.failure import Refused
from shared.domain.manifest.access_rules import ENFORCED
from tests.fakes.inventory import Inventory
from tests.fakes.operations import FakeOperations, unsigned
from tests.fakes.roles import FakeRoles

Failure = tuple[str, str]


def identity_of(there: Inventory, spec: EndpointSpec) -> Identity:
    """Return the identity that Azure creates for a request."""
    if spec.identity.kind == "SystemAssigned":
        principal = uuid.uuid5(uuid.NAMESPACE_URL, f"{there.facts.id}/{spec.name}")
        return Identity(principal_id=str(principal))
    known = there.identities.get(str(spec.identity.resource_id))
    if known is None:
        raise Refused("FailedIdentityOperation", "There is no such identity.", status=400)
    return known


def let_read_secrets(there: Inventory, roles: FakeRoles, fresh: EndpointState) -> None:
    """Grant the secrets role as Azure does, if requested at creation by a creator who has it."""
    enforced = fresh.properties.get(ENFORCED) == "enabled"
    own = fresh.identity.kind == "SystemAssigned"
    if enforced and own and permits(roles.own, READ_SECRETS):
        principal = str(fresh.identity.principal_id)
        roles.give(there.facts.id, CONNECTION_SECRETS_READER.id, principal, by="Azure")


def lacking(there: Inventory, roles: FakeRoles, endpoint: str, *, collects: bool) -> Failure | None:
    """Return the failure of a deployment whose user-assigned identity lacks roles, or None."""
    identity = there.endpoints[endpoint].identity
    if identity.kind == "SystemAssigned":
        return None
    principal = str(identity.principal_id)
    pulls = (ACR_PULL, REPOSITORY_READER)
    storage = (STORAGE_BLOB_DATA_READER, STORAGE_BLOB_DATA_CONTRIBUTOR)
    facts = replace(there.facts, registry_in_abac_mode=there.abac)
    for grant in required_grants(identity, facts, collects=collects):
        matters = grant.role in (*pulls, *storage)
        if matters and not roles.in_force(grant, principal):
            code = "ImageBuildFailure" if grant.role in pulls else "BadArgument"
            return code, f"The identity has no authorization to {grant.why}."
    return None


def change_endpoint(
    there: Inventory, operations: FakeOperations, name: str, failure: Failure | None = None
) -> str | None:
    """Begin the operation on an endpoint just written."""

    def end() -> None:
        state = "Failed" if failure else "Succeeded"
        there.endpoints[name] = replace(there.endpoints[name], provisioning_state=state)

    url = operations.begin(end, failure)
    there.endpoints[name] = replace(there.endpoints[name], operation_url=unsigned(url))
    return url


def change_deployment(
    there: Inventory,
    operations: FakeOperations,
    key: tuple[str, str],
    failure: Failure | None,
) -> str | None:
    """Begin the operation on a deployment just written."""

    def end() -> None:
        state = "Failed" if failure else "Succeeded"
        there.deployments[key] = replace(there.deployments[key], provisioning_state=state)
        if not failure:
            endpoint = there.endpoints[key[0]]
            uri = scoring_url(endpoint.scoring_uri, there.scored_at(key))
            there.endpoints[key[0]] = replace(endpoint, scoring_uri=uri)

    url = operations.begin(end, failure)
    there.deployments[key] = replace(there.deployments[key], operation_url=unsigned(url))
    return url


def remove_endpoint(there: Inventory, operations: FakeOperations, name: str) -> str | None:
    """Begin to delete an endpoint and its deployments."""
    there.endpoints[name] = replace(there.endpoints[name], provisioning_state="Deleting")

    def end() -> None:
        del there.endpoints[name]
        for kept in (there.deployments, there.specs, there.logs):
            for key in [key for key in kept if key[0] == name]:
                del kept[key]

    url = operations.begin(end)
    if name in there.endpoints:
        there.endpoints[name] = replace(there.endpoints[name], operation_url=unsigned(url))
    return url


def remove_deployment(
    there: Inventory, operations: FakeOperations, key: tuple[str, str]
) -> str | None:
    """Begin to delete a deployment."""
    there.deployments[key] = replace(there.deployments[key], provisioning_state="Deleting")

    def end() -> None:
        del there.deployments[key]
        there.specs.pop(key, None)
        there.logs.pop(key, None)

    url = operations.begin(end)
    if key in there.deployments:
        there.deployments[key] = replace(there.deployments[key], operation_url=unsigned(url))
    return url
