"""Connection strings of bindings, read from app settings."""

import os
from collections.abc import Mapping


class NoConnectionError(ValueError):
    """A binding's connection is missing, or in a form that this host does not support."""


def connection_string(
    name: str | None, default: str, settings: Mapping[str, str] = os.environ
) -> str:
    """Return the connection string that a binding's `connection` names.

    Args:
        name: The setting; also found with the prefix `AzureWebJobs`, as in the real host.
        default: The setting to use if the binding names none.
        settings: The app's settings.

    Raises:
        NoConnectionError: the setting is missing. Identity-based connections work in Azure only.
    """
    wanted = name or default
    for setting in (wanted, f"AzureWebJobs{wanted}"):
        if settings.get(setting):
            return settings[setting]
    raise NoConnectionError(f"app setting '{wanted}' holds no connection string")
