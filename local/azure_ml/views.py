"""What readers see of what was written: some see it later than others.

Behind ARM are replicas and caches. For `visible_seconds` after a write every second look of a
reader, the first one among them, is at one that is that far behind. Rules go by what is.
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
        self._looks: dict[tuple[str, str], int] = {}

    def get(self, call: Call, kind: str, record_id: str) -> Json | None:
        """A record, or what it was before."""
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
        written = self._store.written(record_id)
        if written is None or clock.seconds() - written > late:
            self._looks.pop(key, None)
            return False
        self._looks[key] = self._looks.get(key, 0) + 1
        return self._looks[key] % 2 == 1
