"""The ledger's requests, open jobs and idempotency keys."""

import hashlib
from datetime import UTC, datetime
from heapq import nlargest

from shared.adapters.ledger.store import BlobStore
from shared.domain.requests.request import DeployRequest, JobSummary, order_key, stamp, summary

_NUMBERS = "numbers"


class Requests:
    """`open/{job}`, `requests/{job}.json`, `keys/{sha256}` and the page blob `numbers`."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def open_job(self, job: str) -> None:
        """One call."""
        self._store.create(f"open/{job}", metadata={"opened": datetime.now(UTC).isoformat()})

    def take_number(self) -> tuple[str, int]:
        """One call; two more if it is the first number ever."""
        at, number = self._store.increment(_NUMBERS)
        return stamp(at), number

    def close_job(self, job: str) -> None:
        self._store.delete(f"open/{job}")

    def open_jobs(self) -> tuple[str, ...]:
        marks = [(known.get("opened", ""), job) for job, known in self._store.metadata("open/")]
        return tuple(job for _, job in sorted(marks))

    def record_request(self, request: DeployRequest) -> DeployRequest:
        """One call, two if the job has a request."""
        shown = summary(request).model_dump(exclude={"job"})
        held = self._store.create_json(
            _path(request.job), request.model_dump(mode="json"), {**shown, "order": request.order}
        )
        return DeployRequest.model_validate(held)

    def request(self, job: str) -> DeployRequest | None:
        document = self._store.json(_path(job))
        return None if document is None else DeployRequest.model_validate(document)

    def jobs(self, limit: int = 100) -> tuple[JobSummary, ...]:
        """One call per 5,000 jobs in the ledger."""
        known = (
            JobSummary(job=name.removesuffix(".json"), **_summary_fields(metadata))
            for name, metadata in self._store.metadata("requests/")
        )
        return tuple(nlargest(limit, known, key=lambda job: (order_key(job.accepted), job.job)))

    def set_state(self, job: str, state: str, endpoint: str) -> None:
        self._store.amend(_path(job), {"state": state, "endpoint": endpoint})

    def find_claim(self, key: str) -> tuple[str, str] | None:
        held = self._store.json(_key_path(key))
        return None if held is None else (held["job"], held["body"])

    def claim_key(self, key: str, job: str, body_hash: str) -> tuple[str, str]:
        """One call, two if the key is bound."""
        held = self._store.create_json(_key_path(key), {"job": job, "body": body_hash})
        return held["job"], held["body"]


def _path(job: str) -> str:
    return f"requests/{job}.json"


def _key_path(key: str) -> str:
    """The path of a key: its hash, since a key is any text of a caller's."""
    return f"keys/{hashlib.sha256(key.encode()).hexdigest()}"


def _summary_fields(metadata: dict[str, str]) -> dict[str, str]:
    return {key: metadata.get(key, "") for key in ("state", "endpoint", "source", "accepted")}
