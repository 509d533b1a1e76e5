"""Access that the manifest requests for the endpoint's identity."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.identifiers.paths import arm_id
from shared.domain.manifest.section import Section


class ExtraRole(Section):
    """A further role for the endpoint's identity; the operator's policy must allow it."""

    role: Annotated[str, Field(min_length=1)]
    """Name of the role, or its id (a GUID)."""
    scope: Annotated[
        str, Field(pattern=r"(?i)^/subscriptions/[^/]+(/[^/]+)*$"), AfterValidator(arm_id)
    ]
    """ARM id of the scope."""


class Access(Section):
    """Access of the endpoint's identity."""

    connection_secrets: bool | None = None
    """Whether Sluice lets the identity read the secrets of the workspace's connections; \
it does by default."""
    metrics_writer: bool | None = None
    """Whether a user-assigned identity gets AzureML Metrics Writer on the workspace, which the \
endpoint's CPU, GPU, disk and memory metrics need. A system-assigned one has it anyway."""
    roles: list[ExtraRole] | None = None
    """Further roles of the identity, for what the flow itself reads or calls."""
