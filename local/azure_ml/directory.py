"""The directory of identities by object id, including those of endpoints."""

from dataclasses import dataclass
from typing import Literal

from local.azure_ml.principals import APP, DEVELOPER, Principal
from local.azure_ml.store import Store


@dataclass(frozen=True)
class Entry:
    """An identity's type, and when it was created, in seconds since 1970."""

    type: Literal["ServicePrincipal", "User"]
    created: float


class Directory:
    """All identities. Each endpoint and user-assigned identity has its own entry."""

    def __init__(self, store: Store) -> None:
        self._store = store
        for principal in (APP, DEVELOPER):
            self._write(principal, 0.0)

    def add(self, principal: Principal, created: float) -> None:
        """Add an identity; an existing one keeps its creation time."""
        if self.find(principal.object_id) is None:
            self._write(principal, created)

    def find(self, object_id: str) -> Entry | None:
        record = self._store.get("principal", object_id)
        return Entry(record["type"], record["born"]) if record else None

    def _write(self, principal: Principal, created: float) -> None:
        record = {"type": principal.type, "born": created, "name": principal.name}
        self._store.put("principal", principal.object_id, record)
