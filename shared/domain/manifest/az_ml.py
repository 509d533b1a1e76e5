"""Fields of az ml that Sluice accepts but does not use, and az ml's reading of scalars."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def snake(value: Any) -> Any:
    """Write a value in snake case; Azure ML accepts `SystemAssigned` and `system_assigned`."""
    if not isinstance(value, str):
        return value
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", value).lower()


def _text(value: Any) -> Any:
    """Turn numbers and booleans into text as Azure ML does: an unquoted `off` becomes `False`."""
    return str(value) if isinstance(value, int | float) else value


def _whole(value: Any) -> Any:
    """Refuse booleans (`yes`) and texts with a point (`3.0`), as az ml does; `"3"` passes."""
    if isinstance(value, bool) or (isinstance(value, str) and "." in value):
        raise ValueError(f"{value!r} is not a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Text = Annotated[str, BeforeValidator(_text)]
TextMap = dict[str, Text]

_TRAFFIC = "Sluice moves the traffic itself"
_NAMED = "Sluice names it after the content of the flow"
_ANSWERED = "Azure sets this"
_LATER = "Sluice does not set this yet"

NOT_USED: Mapping[str, Mapping[str, str]] = {
    "endpoint": {
        "traffic": _TRAFFIC,
        "mirror_traffic": _TRAFFIC,
        "location": "an endpoint is in the region of its workspace",
        **dict.fromkeys(("id", "kind", "scoring_uri", "openapi_uri"), _ANSWERED),
        "provisioning_state": _ANSWERED,
    },
    "deployment": {
        "creation_context": _ANSWERED,
        "id": _ANSWERED,
        "provisioning_state": _ANSWERED,
    },
    "model": {
        **dict.fromkeys(("name", "version"), _NAMED),
        "path": "the model is the flow beside this file",
        **dict.fromkeys(("description", "tags", "stage", "flavors", "datastore"), _LATER),
        **dict.fromkeys(("system_metadata", "default_deployment_template"), _LATER),
        "allowed_deployment_templates": _LATER,
        **dict.fromkeys(("id", "utc_time_created", "creation_context", "job_name"), _ANSWERED),
        **dict.fromkeys(("latest_version", "intellectual_property"), _ANSWERED),
    },
}
"""Why each field of az ml has no effect, by section."""

SILENT = frozenset({"$schema", "type"})
"""Fields that only describe the file."""


class _AzMl(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        protected_namespaces=(),
        defer_build=True,  # the schemas are built when the first flow is read, not at start
    )

    schema_: Annotated[Any, Field(alias="$schema")] = None
    """az ml's schema of the file; not used."""
    type: Annotated[Literal["managed", "online"] | None, BeforeValidator(snake)] = None
    """az ml's kind of compute; Sluice makes only managed endpoints and deployments."""
    id: Any = None
    """Not used: Azure sets this."""
    provisioning_state: Any = None
    """Not used: Azure sets this."""


class EndpointNotUsed(_AzMl):
    """Fields of az ml's endpoints without effect."""

    kind: Any = None
    """Not used: Azure sets this."""
    location: Any = None
    """Not used: an endpoint is in the region of its workspace."""
    scoring_uri: Any = None
    """Not used: Azure sets this."""
    openapi_uri: Any = None
    """Not used: Azure sets this."""
    traffic: Any = None
    """Not used: Sluice moves the traffic itself."""
    mirror_traffic: Any = None
    """Not used: Sluice moves the traffic itself."""


class DeploymentNotUsed(_AzMl):
    """Fields of az ml's deployments without effect."""

    endpoint_name: Any = None
    """Name of the endpoint, if `endpoint.name` is not set."""
    creation_context: Any = None
    """Not used: Azure sets this."""
