"""The ledger's documents and timelines of jobs."""

import json
from typing import Any

from shared.adapters.ledger.store import BlobStore
from shared.domain.jobs.decision import Decision
from shared.ports import Json


class Documents:
    """`{name}.json`, `decisions/{kind}.json` and the append blob `timeline.jsonl` of each job."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        """One call, two if the document exists."""
        return self._store.create_json(f"jobs/{job}/{name}.json", document)

    def read(self, job: str, name: str) -> dict[str, Any] | None:
        return self._store.json(f"jobs/{job}/{name}.json")

    def record_decision(self, job: str, decision: Decision) -> Decision:
        """One call, two if the job has one of this kind."""
        path = f"jobs/{job}/decisions/{decision.kind}.json"
        return Decision.model_validate(self._store.create_json(path, decision.model_dump()))

    def decisions(self, job: str) -> tuple[Decision, ...]:
        """One call, and one for each decision that this process has not read before."""
        prefix = f"jobs/{job}/decisions/"
        found = (self._store.json(prefix + name) for name in self._store.names(prefix))
        return tuple(Decision.model_validate(it) for it in found if it is not None)

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
