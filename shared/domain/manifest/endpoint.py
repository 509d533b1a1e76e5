"""The manifest's endpoint, in az ml's words."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shared.domain.identifiers.names import endpoint_name_problem
from shared.domain.identifiers.paths import arm_id
from shared.domain.manifest.az_ml import EndpointNotUsed, TextMap, snake
from shared.domain.manifest.section import Section


def _endpoint_name(value: Any) -> Any:
    problem = endpoint_name_problem(value) if isinstance(value, str) else None
    if problem:
        raise ValueError(problem)
    return value


def _unprefixed(value: Any) -> Any:
    """Remove `azureml:` before an ARM id, which az ml allows."""
    return value.removeprefix("azureml:") if isinstance(value, str) else value


class UserAssignedIdentity(Section):
    """A managed identity that the endpoint runs as."""

    resource_id: Annotated[
        str,
        BeforeValidator(_unprefixed),
        Field(
            pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/"
            r"Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+$"
        ),
        AfterValidator(arm_id),
    ]
    """ARM id of the identity."""
    client_id: str | None = None
    """Its client id; looked up if missing."""
    object_id: str | None = None
    """Its object id; looked up if missing."""


class Identity(Section):
    """The endpoint's identity. It cannot change after the endpoint's creation."""

    type: Annotated[Literal["system_assigned", "user_assigned"], BeforeValidator(snake)]
    """The endpoint's own identity, or one that exists already."""
    user_assigned_identities: Annotated[list[UserAssignedIdentity] | None, Field(max_length=1)] = (
        None
    )
    """The one identity of a user-assigned endpoint."""


class Endpoint(EndpointNotUsed):
    """The stable URL, in az ml's words for a managed online endpoint."""

    name: Annotated[str | None, BeforeValidator(_endpoint_name)] = None
    """Name of the endpoint, unique in its region. Without it, the zip's or folder's name."""
    auth_mode: Annotated[
        Literal["key", "aml_token", "aad_token"] | None, BeforeValidator(snake)
    ] = None
    """How callers authenticate."""
    identity: Identity | None = None
    """The endpoint's identity: system-assigned, or a user-assigned one."""
    description: str | None = None
    """Text for people."""
    tags: TextMap | None = None
    """Tags of the endpoint."""
    properties: TextMap | None = None
    """Properties of the endpoint; they can be added later but not changed."""
    public_network_access: Annotated[
        Literal["enabled", "disabled"] | None, BeforeValidator(snake)
    ] = None
    """Whether the endpoint answers outside the workspace's network."""
