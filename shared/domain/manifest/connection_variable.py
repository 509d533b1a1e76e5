"""Replace `${connection.key}` in a deployment's variables by the reference that Azure resolves.

The runtime resolves it only for connections that the flow itself uses, and otherwise leaves it as
text. Azure resolves `${{azureml://connections/...}}` of any connection before the container starts.

Sources: promptflow 1.18.5, `update_environment_variables_with_connections` and, for the names of
keys, `build_connection_dict_from_rest_object`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.domain.errors import Finding

_SHORT = re.compile(r"\s*\$\{([^.{}]+)\.([^.{}]+)\}\s*")
"""The same as in promptflow's `_match_reference`."""

_KEY = {"api_key": "credentials/key"}
_VERSION = {"api_version": "metadata/ApiVersion"}
_PLACES: Mapping[str, Mapping[str, str]] = {
    "azureopenai": {
        **_KEY,
        "api_base": "target",
        "api_type": "metadata/ApiType",
        **_VERSION,
        "resource_id": "metadata/ResourceId",
    },
    "cognitivesearch": {**_KEY, "api_base": "target", **_VERSION},
    "serverless": {**_KEY, "api_base": "target"},
    "cognitiveservice": {**_KEY, "endpoint": "target", **_VERSION},
    "aiservices": {**_KEY, "endpoint": "target"},
    "openai": {**_KEY, "base_url": "target", "organization": "metadata/organization"},
    "serp": _KEY,
}
"""The place of each of promptflow's keys, by category of connection in lower case."""
_CUSTOM = "customkeys"


@dataclass(frozen=True)
class ConnectionShape:
    """A connection of the workspace, without its secrets.

    Attributes:
        category: Its category in Azure.
        metadata: Names of its metadata.
        keyless: It is used with Entra ID and has no key.
    """

    category: str
    metadata: frozenset[str] = frozenset()
    keyless: bool = False


def short_reference(value: str) -> tuple[str, str] | None:
    """Return connection and key of `${connection.key}`, or None."""
    match = _SHORT.fullmatch(value)
    return (match[1], match[2]) if match is not None else None


def resolvable(
    variables: Mapping[str, str], shapes: Mapping[str, ConnectionShape]
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Return the variables with `${connection.key}` in the form that Azure resolves.

    Args:
        variables: values by name.
        shapes: connections of the workspace by name; references to others are not changed.
    """
    written, findings = dict(variables), list[Finding]()
    for variable, value in variables.items():
        name, key = short_reference(value) or ("", "")
        if name not in shapes:
            continue
        place = _place(key, shapes[name])
        if isinstance(place, Finding):
            cause = f"{variable} takes '{key}' of the connection '{name}', {place.cause}"
            findings.append(replace(place, cause=cause))
        else:
            written[variable] = f"${{{{azureml://connections/{name}/{place}}}}}"
    return written, tuple(findings)


def _place(key: str, shape: ConnectionShape) -> str | Finding:
    """Return the value's place in the connection, or a finding with the reason alone."""
    own = next((each for each in shape.metadata if each.lower() == key.lower()), None)
    if shape.category.lower() == _CUSTOM:
        return f"metadata/{own}" if own is not None else f"credentials/{key}"
    places = _PLACES.get(shape.category.lower(), {})
    place = places.get(key)
    if place is None:
        known = ", ".join(places) or "none: write ${{azureml://connections/name/credentials/key}}"
        return _absent(f"which the category {shape.category} does not have", known)
    part, _, name = place.partition("/")
    if part == "credentials" and shape.keyless:
        return _absent("which is used with Entra ID and has no key", ", ".join(places))
    if part != "metadata":
        return place
    found = next((each for each in shape.metadata if each.lower() == name.lower()), None)
    if found is None:
        return _absent("which does not have it", ", ".join(places))
    return f"metadata/{found}"


def _absent(why: str, known: str) -> Finding:
    return Finding("manifest", None, why, f"Known keys: {known}")
