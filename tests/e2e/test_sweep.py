"""Sources that Azure refuses beside one whose event was lost: the sweep alone finds them."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from local import cloud
from local.functions_host.state import HostState
from local.stack import Stack
from shared.domain.requests.request import job_id
from shared.domain.requests.source import BlobSource
from tests.e2e.client import Client, wait, zipped
from tests.e2e.events import upload_unseen

REFUSALS = (
    (409, "CannotVerifyCopySource"),
    (409, "BlobArchived"),
    (409, "BlobBeingRehydrated"),
    (409, "BlobUsesCustomerSpecifiedEncryption"),
    (412, "LeaseIdMissing"),
    (403, "KeyVaultEncryptionKeyNotFound"),
    (400, "InvalidUri"),
    (400, "OutOfRangeInput"),
    (400, "InvalidBlobType"),
    (413, "RequestBodyTooLarge"),
)
FOLDER = "team-a/team-a-"


def test_the_lost_source_is_deployed_and_each_refused_one_reported_once(
    keyless_stack: Stack, keyless: Client, samples: Path
):
    content = zipped(samples / "hello")
    paths = [f"{FOLDER}bad-{number}.zip" for number in range(len(REFUSALS))]
    etags = upload_unseen(
        keyless_stack,
        lambda: {
            path: keyless.upload(path, content).strip('"') for path in (*paths, f"{FOLDER}lost.zip")
        },
    )
    jobs = {path: job_id(BlobSource(path=path, etag=etag), {}) for path, etag in etags.items()}
    refusals = [_refusal(jobs[path], *it) for path, it in zip(paths, REFUSALS, strict=True)]

    with keyless.fault(*refusals):
        result = {path: keyless.outcome(job) for path, job in jobs.items()}
        _one_more_look(keyless_stack)
        tried = [rule["seen"] for rule in keyless.admin("GET", "faults").json()]

    assert result.pop(f"{FOLDER}lost.zip")["outcome"] == "succeeded"
    for path, (_, code) in zip(paths, REFUSALS, strict=True):
        assert result[path]["outcome"] == "rejected"
        assert code in json.dumps(result[path]["findings"])
    assert tried == [1] * len(REFUSALS)
    assert [len(keyless.results(job)) for job in jobs.values()] == [1] * len(jobs)


def _refusal(job: str, status: int, code: str) -> dict[str, Any]:
    """Azure's refusal to copy this job's source, as storage writes it."""
    return {
        "method": "PUT",
        "host": rf"^{cloud.DROP_ACCOUNT}\.blob",
        "path": f"/packages/{job}/",
        "times": -1,
        "status": status,
        "headers": {"x-ms-error-code": code},
    }


def _one_more_look(stack: Stack) -> None:
    """Wait until a sweep has looked at the container again: each fifth does."""
    for _ in range(6):
        before = _swept(stack)
        wait(partial(_swept_since, stack, before), 300, "no sweep came")


def _swept_since(stack: Stack, before: float | None) -> bool:
    return _swept(stack) != before


def _swept(stack: Stack) -> float | None:
    state = HostState(stack.state / "functions_host")
    status = state.timer("sweep")
    state.close()
    return status.last if status else None
