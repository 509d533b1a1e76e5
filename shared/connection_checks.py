"""Checks of the settings with which the app and its triggers reach storage and Service Bus."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.check import State
from shared.settings import Settings

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "AzureWebJobsStorage": ("blobServiceUri", "queueServiceUri", "tableServiceUri"),
    "SluiceStorage": ("blobServiceUri", "queueServiceUri"),
    "SluiceServiceBus": ("fullyQualifiedNamespace",),
}
"""By the name of a connection, what it needs to be made by an identity."""
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "AzureWebJobsStorage": ("AccountName", "AccountKey"),
    "SluiceStorage": ("AccountName", "AccountKey"),
    "SluiceServiceBus": ("Endpoint", "SharedAccessKeyName", "SharedAccessKey"),
}
"""What a connection string needs; a shared access signature may stand for a key."""
_SERVICES: Final = {
    "blobServiceUri": "blob",
    "queueServiceUri": "queue",
    "tableServiceUri": "table",
}

type Problem = tuple[str, str, str | None, State]


def connection_problems(given: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with the three connections; `given` has no empty values."""
    for name in _NEEDED:
        parts = {
            it.removeprefix(f"{name}__"): value
            for it, value in given.items()
            if it.startswith(f"{name}__")
        }
        first = _NEEDED[name][0]
        if name in given and first in parts:
            text = f"{name}__{first} says the same in another way, and only one of them is used"
            yield name, text, None, "failed"
        elif name in given:
            yield from _string(name, given[name])
        elif parts:
            yield from _by_identity(name, parts)
        else:
            text = f"it is missing, and so is {name}__{first}: set one of the two"
            yield name, text, "CONNECTION-STRING", "failed"
    yield from _clients(given)
    host, drops = (given.get(it) for it in ("AzureWebJobsStorage", "SluiceStorage"))
    url = given.get("AzureWebJobsStorage__blobServiceUri")
    if (host and host == drops) or (url and url == given.get("SluiceStorage__blobServiceUri")):
        text = "it is the account of the flows too: who can write there can run code in the app"
        yield "AzureWebJobsStorage", text, "ANOTHER-ACCOUNT", "warning"


def _string(name: str, text: str) -> Iterator[Problem]:
    if text == "UseDevelopmentStorage=true" and name != "SluiceServiceBus":
        return
    pairs = {key.strip().lower() for key, _, value in _pairs(text) if value}
    lacks = [it for it in _KEYS[name] if it.lower() not in pairs]
    if lacks and "sharedaccesssignature" not in pairs:
        wrong = f"it is no connection string: it lacks {', '.join(lacks)}"
        yield name, wrong, "CONNECTION-STRING", "failed"


def _pairs(text: str) -> Iterator[tuple[str, str, str]]:
    return (it.partition("=") for it in text.split(";"))


def _by_identity(name: str, parts: Mapping[str, str]) -> Iterator[Problem]:
    for part in _NEEDED[name]:
        value = parts.get(part)
        if value is None:
            yield f"{name}__{part}", "it is missing", _example(part, parts), "failed"
        elif (wrong := _malformed(part, value)) is not None:
            yield f"{name}__{part}", wrong, _example(part, {}), "failed"
    credential = parts.get("credential")
    if credential != "managedidentity":
        text = "it must be managedidentity: without it the trigger does not sign in as the app"
        yield f"{name}__credential", text, "managedidentity", "failed"


def _clients(given: Mapping[str, str]) -> Iterator[Problem]:
    """The app and the triggers sign in as the same user-assigned identity, or as none."""
    named = {
        name: given.get(f"{name}__clientId", "").lower()
        for name in _NEEDED
        if any(it.startswith(f"{name}__") for it in given)
    }
    own = given.get("AZURE_CLIENT_ID", "").lower()
    others = set(named.values())
    if not own and len(others) == 1 and (client := others.pop()):
        text = f"it is missing, and the connections sign in as {client}"
        yield "AZURE_CLIENT_ID", text, client, "failed"
        return
    for name, client in named.items():
        if client != own:
            text = f"it is {client or 'missing'}, and AZURE_CLIENT_ID is {own or 'missing'}"
            yield f"{name}__clientId", text, own or None, "failed"


def _malformed(part: str, value: str) -> str | None:
    if part == "fullyQualifiedNamespace":
        return None if "." in value and "/" not in value else "it is no host name"
    place = urlsplit(value)
    if place.scheme == "https" and place.hostname and place.path in ("", "/"):
        return None
    return f"it is not the URL of a {_SERVICES[part]} service"


def _example(part: str, parts: Mapping[str, str]) -> str:
    """Return the value to set: the URL of the same account, where another of its URLs is known."""
    if part == "fullyQualifiedNamespace":
        return "NAMESPACE.servicebus.windows.net"
    for other, service in _SERVICES.items():
        if other in parts and f".{service}." in parts[other]:
            return parts[other].replace(f".{service}.", f".{_SERVICES[part]}.", 1)
    return f"https://ACCOUNT.{_SERVICES[part]}.core.windows.net"


def used(settings: Settings) -> dict[str, Any]:
    """Return the names of what the app uses; empty where a connection string does not name it.

    No part of a connection string but a name is told.
    """
    storage = dict(_named(settings.storage_connection))
    account = storage.get("accountname") or _first_label(settings.storage_account_url)
    bus = dict(_named(settings.bus_connection)).get("endpoint")
    return {
        "account": account,
        "container": settings.flows_container,
        "namespace": _first_label(bus or f"sb://{settings.bus_namespace or ''}"),
        "queues": {
            "requests": settings.requests_queue,
            "results": settings.results_queue,
            "changes": settings.changes_queue,
        },
    }


def _named(text: str | None) -> Iterator[tuple[str, str]]:
    return ((key.strip().lower(), value) for key, _, value in _pairs(text or ""))


def _first_label(url: str | None) -> str:
    return (urlsplit(url or "").hostname or "").partition(".")[0]
