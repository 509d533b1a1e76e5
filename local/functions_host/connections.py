"""Connection strings of bindings, from app settings."""

import os
from collections.abc import Mapping


class NoConnectionError(ValueError):
    """A binding's connection is not given, or not in a form that this host knows."""


def connection_string(
    name: str | None, default: str, settings: Mapping[str, str] = os.environ
) -> str:
    """The connection string that a binding's `connection` names.

    Args:
        name: The setting; `AzureWebJobs` before it is understood, as in the real host.
        default: The setting that is meant where the binding names none.
        settings: The app's settings.

    Raises:
        NoConnectionError: there is none. Identity-based connections are for Azure only.
    """
    wanted = name or default
    for setting in (wanted, f"AzureWebJobs{wanted}"):
        if settings.get(setting):
            return settings[setting]
    raise NoConnectionError(f"app setting '{wanted}' holds no connection string")
