"""What `bench.ledger` writes for an ended job is what the app leaves of one."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from bench.calls import Counted, world_over
from bench.filling import opened
from bench.ledger import AT_OWN, OWN, fill, prepared
from shared.domain.requests.request import DeployRequest, newest_first, order_key
from shared.steps.views.jobs import describe_job

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
_DEPLOYMENT = re.compile(r"\bd-[0-9a-f]{12}\b")


@pytest.fixture(scope="module")
def filled() -> Iterator[Counted]:
    with opened() as (account, filler):
        counted = prepared(world_over(account))
        fill(filler, counted, AT_OWN + 1, 20)
        yield counted


def test_a_written_job_has_the_blobs_of_a_real_one(filled: Counted) -> None:
    [written] = _written(filled, "e100")

    assert _shapes(filled, written, "e100") == _shapes(filled, filled.jobs[0], OWN)


def test_a_written_job_is_shown_as_a_real_one(filled: Counted) -> None:
    [written] = _written(filled, "e100")
    shown, real = (describe_job(filled.world.ports, it) for it in (written, filled.jobs[0]))

    assert shown is not None
    assert real is not None
    assert shown.keys() == real.keys()
    assert (shown["state"], shown["endpoint"]) == ("succeeded", "e100")
    assert shown["accepted"] < real["accepted"]


def test_the_endpoint_of_the_measured_jobs_has_written_ones_too(filled: Counted) -> None:
    assert len(_written(filled, OWN)) == AT_OWN
    assert filled.world.ports.ledger.newest_job(OWN) == filled.jobs[0]


def _written(filled: Counted, endpoint: str) -> list[str]:
    found = filled.world.ports.ledger.jobs(limit=500).jobs
    return [it.job for it in found if it.endpoint == endpoint and it.job not in filled.jobs]


def _shapes(filled: Counted, job: str, endpoint: str) -> dict[str, Any]:
    """Each blob's type, metadata and content, by its name, without what is a job's own."""
    ledger, request = filled.side.container, filled.world.ports.ledger.request(job)
    assert ledger is not None
    assert request is not None
    names = [it for it in ledger.list_blob_names() if job in it or it == f"turns/{endpoint}"]
    return {
        _common(name, request, endpoint): _shape(ledger, name, request, endpoint) for name in names
    }


def _shape(ledger: ContainerClient, name: str, request: DeployRequest, endpoint: str) -> Any:
    blob = ledger.get_blob_client(name)
    known = blob.get_blob_properties()
    content: Any = blob.download_blob().readall()
    metadata = {key: _common(it, request, endpoint) for key, it in (known.metadata or {}).items()}
    if name.endswith((".json", ".jsonl")):
        lines = _common(content.decode(), request, endpoint).splitlines()
        content = [json.loads(line) for line in lines]
    return known.blob_type, known.content_settings.content_type, metadata, content


def _common(text: str, request: DeployRequest, endpoint: str) -> str:
    own = {
        request.order: "ORDER",
        newest_first(request.order): "ORDER",
        order_key(request.order): "ORDER",
        newest_first(request.accepted): "ACCEPTED",
        request.job: "JOB",
        getattr(request.source, "etag", "-"): "ETAG",
        endpoint: "ENDPOINT",
    }
    for before, after in own.items():
        text = text.replace(before, after)
    return _DEPLOYMENT.sub("DEPLOYMENT", _TIME.sub("TIME", text))
