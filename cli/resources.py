"""What Azure Resource Manager shows whoever is signed in: Service Bus queues, and Event Grid."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cli.management import ARM, Management
from cli.shapes import Maybe, Shape
from cli.target import Target

type Document = Mapping[str, Any]

_BUS: Final = "2024-01-01"
_EVENTS: Final = "2025-02-15"
_LISTED: Final[Shape] = {
    "value": [{"id": str, "name": str, "properties": {}}],
    "nextLink": Maybe(str),
}
_QUEUE: Final[Shape] = {"properties": {}}


class Resources:
    """Reads as whoever is signed in. A list has only what that person may see."""

    def __init__(self, target: Target) -> None:
        self._subscription = f"/subscriptions/{target['subscription_id']}"
        self._arm = Management(target)

    def namespace(self, name: str) -> Document | None:
        """Return the Service Bus namespace of that name, or None."""
        path = f"{self._subscription}/providers/Microsoft.ServiceBus/namespaces"
        found = self._list(path, _BUS)
        return next((it for it in found if it["name"].lower() == name.lower()), None)

    def queue(self, namespace: str, name: str) -> Document | None:
        """Return a queue of the namespace (an ARM id), or None."""
        url = f"{ARM}{namespace}/queues/{name}"
        answer = self._arm.call("GET", url, {"api-version": _BUS}, _QUEUE)
        return None if answer is None else dict(answer)

    def topics(self, account: str) -> list[Document]:
        """Return the system topics of the storage account of that name."""
        path = f"{self._subscription}/providers/Microsoft.EventGrid/systemTopics"
        end = f"/storageaccounts/{account}".lower()
        return [
            it
            for it in self._list(path, _EVENTS)
            if str(it["properties"].get("source")).lower().endswith(end)
        ]

    def subscriptions(self, topic: str) -> list[Document]:
        """Return the event subscriptions of a system topic (an ARM id)."""
        return list(self._list(f"{topic}/eventSubscriptions", _EVENTS))

    def _list(self, path: str, version: str) -> Iterator[Document]:
        page = self._arm.call("GET", f"{ARM}{path}", {"api-version": version}, _LISTED)
        while page is not None:
            yield from page["value"]
            link = str(page.get("nextLink") or "")
            if not link.lower().startswith(f"{ARM}/"):  # the token is for no other host
                return
            page = self._arm.call("GET", link, {}, _LISTED)
