"""Find the section of the manifest for an az ml file by its content; file names vary.

Sources: azure-ai-ml 1.35.2's schemas of endpoints and deployments, and the names of those published
at azuremlschemas.azureedge.net. `az_ml_refused` lists the kinds that Sluice does not make.
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
    """Return the section of a file's content, from its `$schema` or else from its fields."""
    if not isinstance(value, Mapping):
        return None
    if (schema := value.get("$schema")) is not None:
        return _by_schema(schema)
    if len(DEPLOYMENT_SIGNS.intersection(value)) >= 2:
        return "deployment"
    return "endpoint" if {ENDPOINT_SIGN, "name"} <= value.keys() else None


def section_declared(text: str) -> Section | None:
    """Return the section that a text's `$schema` declares, even if the text is not valid YAML."""
    found = _DECLARED.search(text)
    return _by_schema(found[1]) if found is not None else None


def may_be_az_ml(text: str) -> bool:
    """Return whether a text has a word that `section_of` needs, so that it is worth parsing.

    Called for thousands of files, so it only searches for words.
    """
    if ENDPOINT_SIGN in text or sum(word in text for word in DEPLOYMENT_SIGNS) >= 2:
        return True
    return "$schema" in text and section_declared(text) is not None


def schema_name(schema: Any) -> str:
    """Return `managedonlineendpoint` for `https://.../managedOnlineEndpoint.schema.json`."""
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
