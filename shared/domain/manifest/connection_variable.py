"""`${connection.key}` in a variable of a deployment, as the reference that Azure resolves.

The runtime resolves it only for a connection that the flow itself uses, and leaves it as text
otherwise; `${{azureml://connections/...}}` Azure resolves before the container starts, whatever
the flow uses. Sources: promptflow 1.18.5, `update_environment_variables_with_connections` and, for
what each key is called, `build_connection_dict_from_rest_object`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.domain.errors import Finding

_SHORT = re.compile(r"\s*\$\{([^.{}]+)\.([^.{}]+)\}\s*")
"""As promptflow's `_match_reference`."""

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
"""Where each category of connection, in small letters, has what promptflow calls so."""
_CUSTOM = "customkeys"


@dataclass(frozen=True)
class ConnectionShape:
    """A connection of the workspace, without its secrets.

    Attributes:
        category: What kind it is, as Azure says.
        metadata: What its metadata are called.
        keyless: Whether it is used with Entra ID, so that it has no key.
    """

    category: str
    metadata: frozenset[str] = frozenset()
    keyless: bool = False


def short_reference(value: str) -> tuple[str, str] | None:
    """The connection and the key that `${connection.key}` names."""
    match = _SHORT.fullmatch(value)
    return (match[1], match[2]) if match is not None else None


def resolvable(
    variables: Mapping[str, str], shapes: Mapping[str, ConnectionShape]
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The variables, `${connection.key}` written as Azure resolves it.

    Args:
        variables: by name.
        shapes: connections of the workspace, by name; references to others stay as they are.
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
    """Where the value is in the connection; or, to be completed, why it is not there."""
    own = next((each for each in shape.metadata if each.lower() == key.lower()), None)
    if shape.category.lower() == _CUSTOM:
        return f"metadata/{own}" if own is not None else f"credentials/{key}"
    places = _PLACES.get(shape.category.lower(), {})
    place = places.get(key)
    if place is None:
        known = ", ".join(places) or "none: write ${{azureml://connections/name/credentials/key}}"
        return _absent(f"which one of the category {shape.category} does not have", known)
    part, _, name = place.partition("/")
    if part == "credentials" and shape.keyless:
        return _absent("which is used with Entra ID and has no key", ", ".join(places))
    if part != "metadata":
        return place
    said = next((each for each in shape.metadata if each.lower() == name.lower()), None)
    if said is None:
        return _absent("which does not say it", ", ".join(places))
    return f"metadata/{said}"


def _absent(why: str, known: str) -> Finding:
    return Finding("manifest", None, why, f"Known keys: {known}")
