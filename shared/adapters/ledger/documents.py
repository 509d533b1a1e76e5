"""The ledger's documents and timelines of jobs."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from azure.storage.blob import BlobClient

from shared.adapters.ledger.lines import append, append_at
from shared.adapters.ledger.remembered import Remembered
from shared.adapters.ledger.store import BlobStore
from shared.domain.jobs.decision import Decision
from shared.ports import Json

_REMEMBERED = 64
_NAME = "timeline.jsonl"


class Documents:
    """`{name}.json`, `decisions/{kind}.json` and the append blob `timeline.jsonl` of each job."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    @cached_property
    def _seen(self) -> Remembered[bytes]:
        """What this process has read or written of timelines, so that it need not read it again."""
        return Remembered(_REMEMBERED)

    def list_documents(self, job: str) -> None:
        """One call."""
        self._documents_of(job)

    def _documents_of(self, job: str) -> dict[str, int]:
        prefix = f"jobs/{job}/"
        found = self._store.sizes(prefix)
        self._store.listed.note(prefix, found)
        return found

    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        """One call, two if the document exists."""
        return self._store.create_json(f"jobs/{job}/{name}.json", document)

    def read(self, job: str, name: str, *, listed: bool = False) -> dict[str, Any] | None:
        """One call; none if this process knows it, or a list has just shown that it is missing."""
        folder, file = f"jobs/{job}/", f"{name}.json"
        believes = listed and not self._store.knows(folder + file)
        if believes and self._store.listed.lacks(folder, file):
            return None
        return self._store.json(folder + file)

    def record_decision(self, job: str, decision: Decision) -> Decision:
        """One call, two if the job has one of this kind."""
        path = f"jobs/{job}/decisions/{decision.kind}.json"
        return Decision.model_validate(self._store.create_json(path, decision.model_dump()))

    def decisions(self, job: str) -> tuple[Decision, ...]:
        """One call, and one for each decision that this process has not read before."""
        names = (it for it in self._documents_of(job) if it.startswith("decisions/"))
        found = (self._store.json(f"jobs/{job}/{name}") for name in names)
        return tuple(Decision.model_validate(it) for it in found if it is not None)

    def append_events(self, job: str, events: Sequence[Json]) -> None:
        """One call; two for the first events of a job, or if another process wrote some."""
        lines, seen = _lines(events), self._seen.get(job) or b""
        if self._append_at(job, lines, seen):
            return
        self._seen.forget(job)
        append(self._timeline(job), lines)

    def append_after(self, job: str, seen: Sequence[Json], events: Sequence[Json]) -> bool:
        """One call, two for the first events of a job; one more if other events are there."""
        known = self._seen.get(job) or b""
        if _events(known) == tuple(seen) and self._append_at(job, _lines(events), known):
            return True
        # The append may be there, and its answer lost.
        return self.timeline(job) == (*seen, *events)

    def seen_timeline(self, job: str) -> tuple[dict[str, Any], ...]:
        return _events(self._seen.get(job) or b"")

    def timeline(self, job: str, *, listed: bool = False) -> tuple[dict[str, Any], ...]:
        """One call; none if a list showed that this process knows all of it."""
        seen = self._seen.get(job)
        if listed and seen and self._store.listed.size(f"jobs/{job}/", _NAME) == len(seen):
            return _events(seen)
        content = self._store.read(f"jobs/{job}/{_NAME}") or b""
        self._seen.put(job, content)
        return _events(content)

    def _append_at(self, job: str, lines: bytes, seen: bytes) -> bool:
        if not append_at(self._timeline(job), lines, len(seen)):
            return False
        self._seen.put(job, seen + lines)
        return True

    def _timeline(self, job: str) -> BlobClient:
        return self._store.container.get_blob_client(f"jobs/{job}/{_NAME}")


def _lines(events: Sequence[Json]) -> bytes:
    return "".join(f"{json.dumps(it, ensure_ascii=False)}\n" for it in events).encode()


def _events(content: bytes) -> tuple[dict[str, Any], ...]:
    *whole, _torn = content.split(b"\n")
    # A repeated append, after a lost answer, is the same line again.
    once = [line for line, before in zip(whole, [b"", *whole], strict=False) if line != before]
    return tuple(json.loads(line) for line in once)
