"""Which section of the manifest an az ml file is, told by its content: its name says nothing.

Sources: azure-ai-ml 1.35.2's schemas of endpoints and deployments, and the names of those published
at azuremlschemas.azureedge.net. Which endpoints and deployments are not served here is said in
`az_ml_refused`.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

type Section = Literal["endpoint", "deployment", "model"]

ENDPOINT_SIGN = "auth_mode"
"""With `name`, it makes a file without `$schema` an endpoint."""
DEPLOYMENT_SIGNS = frozenset(
    {
        *("endpoint_name", "instance_type", "instance_count", "code_configuration"),
        *("scale_settings", "request_settings", "liveness_probe", "readiness_probe"),
        *("app_insights_enabled", "data_collector", "model_mount_path"),
    }
)
"""Two of these make a file without `$schema` a deployment."""

_SCHEMAS = re.compile(r"model|\w*(online|batch)(?P<section>endpoint|deployment)")
_DECLARED = re.compile(
    r"""^[ \t{]*["']?\$schema["']?[ \t]*:[ \t]*["']?([^\s"',}]+)""", re.MULTILINE
)


def section_of(value: Any) -> Section | None:
    """What a file's content is: by its `$schema`, or, without one, by its fields."""
    if not isinstance(value, Mapping):
        return None
    if (schema := value.get("$schema")) is not None:
        return _by_schema(schema)
    if len(DEPLOYMENT_SIGNS.intersection(value)) >= 2:
        return "deployment"
    return "endpoint" if {ENDPOINT_SIGN, "name"} <= value.keys() else None


def section_declared(text: str) -> Section | None:
    """What a text declares to be in its `$schema`, also where it is not YAML."""
    found = _DECLARED.search(text)
    return _by_schema(found[1]) if found is not None else None


def may_be_az_ml(text: str) -> bool:
    """Whether a text is worth reading as YAML: it has a word by which `section_of` goes.

    It is asked of thousands of files, so it looks for words alone and nothing dearer.
    """
    if ENDPOINT_SIGN in text or sum(word in text for word in DEPLOYMENT_SIGNS) >= 2:
        return True
    return "$schema" in text and section_declared(text) is not None


def schema_name(schema: Any) -> str:
    """`managedonlineendpoint` of `https://.../managedOnlineEndpoint.schema.json`."""
    last = str(schema).partition("#")[0].partition("?")[0].rpartition("/")[2].lower()
    return last.removesuffix(".json").removesuffix(".schema")


def _by_schema(schema: Any) -> Section | None:
    found = _SCHEMAS.fullmatch(schema_name(schema))
    match found and (found["section"] or "model"):
        case "endpoint":
            return "endpoint"
        case "deployment":
            return "deployment"
        case "model":
            return "model"
        case _:
            return None
