"""Delayed reads: some readers see a write later than others.

ARM has replicas and caches. For `visible_seconds` after a write, every second read of a reader,
starting with the first, gets the state from that long ago. Checks always use the current state.
"""

from local.azure_ml import clock
from local.azure_ml.exchange import Call, Json
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store


class Views:
    """Reads endpoints, deployments and role assignments as a caller sees them."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._reads: dict[tuple[str, str], int] = {}

    def get(self, call: Call, kind: str, record_id: str) -> Json | None:
        """Return a record, or its earlier version."""
        late = self._settings.visible_seconds.get(call.caller.object_id, 0.0)
        if not late or not self._is_behind(call, record_id, late):
            return self._store.get(kind, record_id)
        return self._store.as_of(kind, record_id, clock.seconds() - late)

    def all(self, call: Call, kind: str, under: str = "") -> list[Json]:
        """The records of a kind, below `under/` if given."""
        seen = (self.get(call, kind, it) for it in self._store.ids(kind, under))
        return [record for record in seen if record is not None]

    def _is_behind(self, call: Call, record_id: str, late: float) -> bool:
        key = (call.caller.object_id, record_id.lower())
        written = self._store.last_written(record_id)
        if written is None or clock.seconds() - written > late:
            self._reads.pop(key, None)
            return False
        self._reads[key] = self._reads.get(key, 0) + 1
        return self._reads[key] % 2 == 1
