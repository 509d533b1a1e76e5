"""The directory: identities by object id, those of endpoints among them."""

from dataclasses import dataclass
from typing import Literal

from local.azure_ml.principals import APP, DEVELOPER, Principal
from local.azure_ml.store import Store


@dataclass(frozen=True)
class Entry:
    """An identity's type, and when it came to be, in seconds since 1970."""

    type: Literal["ServicePrincipal", "User"]
    born: float


class Directory:
    """Knows who exists. Each endpoint and user-assigned identity has an entry of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        for principal in (APP, DEVELOPER):
            self._write(principal, 0.0)

    def add(self, principal: Principal, born: float) -> None:
        """Enter an identity; one that is there already keeps its age."""
        if self.find(principal.object_id) is None:
            self._write(principal, born)

    def find(self, object_id: str) -> Entry | None:
        record = self._store.get("principal", object_id)
        return Entry(record["type"], record["born"]) if record else None

    def _write(self, principal: Principal, born: float) -> None:
        record = {"type": principal.type, "born": born, "name": principal.name}
        self._store.put("principal", principal.object_id, record)
