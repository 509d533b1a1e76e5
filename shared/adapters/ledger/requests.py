"""The ledger's requests, open jobs and idempotency keys."""

import hashlib
from datetime import UTC, datetime

from shared.adapters.ledger.job_list import JobList
from shared.adapters.ledger.store import BlobStore
from shared.domain.requests.request import Claim, DeployRequest, stamp

_NUMBERS = "numbers"


class Requests(JobList):
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
        """Two calls, also if the job has another request."""
        document = request.model_dump(mode="json")
        held = DeployRequest.model_validate(self._store.create_json(_path(request.job), document))
        if held == request:
            self._list(request)
        return held

    def request(self, job: str) -> DeployRequest | None:
        document = self._store.json(_path(job))
        return None if document is None else DeployRequest.model_validate(document)

    def set_state(self, job: str, state: str, endpoint: str) -> None:
        """One call, two if this process does not know the request."""
        request = self.request(job)
        if request is None:
            raise LookupError(f"Job {job} has no request")
        self._relist(request, state, endpoint)

    def find_claim(self, key: str) -> Claim | None:
        """One call."""
        held = self._store.json(_key_path(key))
        return None if held is None else Claim.model_validate(held)

    def claim_key(self, key: str, claim: Claim) -> Claim:
        """One call, two if the key is bound."""
        document = claim.model_dump(mode="json")
        return Claim.model_validate(self._store.create_json(_key_path(key), document))


def _path(job: str) -> str:
    return f"requests/{job}.json"


def _key_path(key: str) -> str:
    """The path of a key: its hash, since a key is any text of a caller's."""
    return f"keys/{hashlib.sha256(key.encode()).hexdigest()}"
