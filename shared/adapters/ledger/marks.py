"""The ledger's records of settled dead letters, of drift that was told, and of times to live."""

import json
from itertools import islice
from typing import Any

from shared.adapters.ledger.store import BlobStore
from shared.domain.requests.due import Due
from shared.domain.requests.request import order_key
from shared.ports import Json

_DRIFT = "sweep/drift.json"
_DUE, _INDEXED, _LOOKED_AT = "due/", "0", 21


class Marks:
    """`letters/{queue}/{letter}.json`, written once; `sweep/drift.json`; `due/{time}~{endpoint}`.

    The first name of the last is `due/0` once every endpoint with a time to live is there.
    """

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

    def due(self) -> tuple[Due, ...] | None:
        """One call: the earliest times come first."""
        names = list(islice(self._store.names(_DUE, most=_LOOKED_AT), _LOOKED_AT))
        if names[:1] != [_INDEXED]:
            return None
        split = (name.split("~", 1) for name in names[1:])
        return tuple(Due(at, endpoint) for at, endpoint in split)

    def add_due(self, endpoint: str, at: str) -> None:
        """One call."""
        self._store.create(f"{_DUE}{order_key(at)}~{endpoint}")

    def remove_due(self, due: Due) -> None:
        """One call."""
        self._store.delete(f"{_DUE}{due.at}~{due.endpoint}")

    def index_due(self) -> None:
        """One call."""
        self._store.create(f"{_DUE}{_INDEXED}")
