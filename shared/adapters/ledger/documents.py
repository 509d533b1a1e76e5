"""The ledger's documents and timelines of jobs."""

import json
from typing import Any

from shared.adapters.ledger.store import BlobStore
from shared.ports import Json


class Documents:
    """`jobs/{job}/{name}.json` and the append blob `jobs/{job}/timeline.jsonl`."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        """One call, two if the document exists."""
        return self._store.create_json(f"jobs/{job}/{name}.json", document)

    def read(self, job: str, name: str) -> dict[str, Any] | None:
        return self._store.json(f"jobs/{job}/{name}.json")

    def append_event(self, job: str, event: Json) -> None:
        """One call, three for the first event."""
        line = json.dumps(event, ensure_ascii=False)
        self._store.append(f"jobs/{job}/timeline.jsonl", f"{line}\n".encode())

    def timeline(self, job: str) -> tuple[dict[str, Any], ...]:
        content = self._store.read(f"jobs/{job}/timeline.jsonl") or b""
        *whole, _torn = content.split(b"\n")
        # A repeated append, after a lost answer, is the same line again.
        once = [line for line, before in zip(whole, [b"", *whole], strict=False) if line != before]
        return tuple(json.loads(line) for line in once)
