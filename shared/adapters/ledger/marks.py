"""The ledger's records of dead letters that were settled, and of drift that was told."""

import json
from typing import Any

from shared.adapters.ledger.store import BlobStore
from shared.ports import Json

_DRIFT = "sweep/drift.json"


class Marks:
    """`letters/{queue}/{letter}.json`, written once, and `sweep/drift.json`."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def settle_letter(self, queue: str, letter: str, record: Json) -> dict[str, Any]:
        """One call, two if it was settled before."""
        return self._store.create_json(f"letters/{queue}/{letter}.json", record)

    def settled_letter(self, queue: str, letter: str) -> dict[str, Any] | None:
        """One call."""
        return self._store.json(f"letters/{queue}/{letter}.json")

    def drift_record(self) -> dict[str, Any]:
        """One call."""
        return dict(json.loads(self._store.read(_DRIFT) or b"{}"))

    def record_drift(self, record: Json) -> None:
        """One call."""
        self._store.replace(_DRIFT, json.dumps(record, ensure_ascii=False).encode())
