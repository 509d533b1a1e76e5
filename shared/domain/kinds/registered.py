"""The registered model that a deployment names: of the workspace, or of a registry."""

import re
from collections.abc import Mapping
from typing import Any

_NAMED = re.compile(r"(?:azureml:)?([A-Za-z0-9][\w.-]*):([\w.-]+)")
_ID = re.compile(r"(?:azureml:)?/subscriptions/.+/workspaces/[^/]+/(models/[^/]+/versions/[^/]+)")
_IN_REGISTRY = re.compile(r"azureml://registries/[\w.-]+/models/[\w.-]+/versions/[\w.-]+")
REGISTRIES = "azureml://registries/"


def names_registered(given: Any) -> bool:
    """Return whether a deployment's `model` means a registered one, well written or not."""
    if isinstance(given, Mapping):
        return given.get("path") is None and bool(given.get("name"))
    return isinstance(given, str)


def registered_model(given: Any) -> tuple[str | None, tuple[str, str] | None]:
    """Read a deployment's `model`.

    Returns:
        The end of the ARM id of a model of the workspace, `models/name/versions/1`, or the whole
        id of one in a registry; None if none is named, with cause and remedy if it is wrong.
    """
    if given is None or (isinstance(given, Mapping) and given.get("path") is not None):
        return None, None
    if isinstance(given, Mapping):
        given = f"{given.get('name', '')}:{given.get('version', '')}"
    found = _place(str(given))
    return found, (None if found is not None else _problem(str(given)))


def _place(text: str) -> str | None:
    if (by_id := _ID.fullmatch(text)) is not None:
        return by_id[1]
    if _IN_REGISTRY.fullmatch(text) is not None:
        return text
    named = _NAMED.fullmatch(text)
    return f"models/{named[1]}/versions/{named[2]}" if named is not None else None


def _problem(text: str) -> tuple[str, str]:
    in_registry = text.startswith(REGISTRIES)
    form = f"{REGISTRIES}NAME/models/MODEL/versions/1" if in_registry else "azureml:name:version"
    if "@" in text or "/labels/" in text:
        cause = f"'{text}' names a label, which may mean another version tomorrow"
        return cause, f"Write the version that you mean: {form}"
    if in_registry:
        return f"'{text}' is not the id of a model in a registry", f"Write {form}"
    cause = f"'{text}' is not a version of a model of the workspace"
    return cause, f"Write {form}, or a path in the package"
