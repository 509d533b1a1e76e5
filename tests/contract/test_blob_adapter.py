"""Crashes half-way, contenders, and storage that does not respond."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import BlobClient, BlobLeaseClient, BlobServiceClient, ContainerClient

from local import cloud
from shared.adapters.blobs import BlobFlows, open_account
from shared.adapters.copies import copy, open_sources
from shared.adapters.ledger import BlobLedger
from shared.adapters.turns import BlobTurns
from shared.domain.failure import Unavailable
from shared.domain.requests.hold import Hold
from tests.contract.blob_sides import Storage, adapters


@pytest.fixture
def side(drop_account: BlobServiceClient) -> Storage:
    return adapters(drop_account)


@pytest.fixture
def kept(side: Storage) -> ContainerClient:
    assert side.container is not None
    return side.container


def test_one_of_twenty_contenders_gets_the_turn(side: Storage, kept: ContainerClient) -> None:
    start = threading.Barrier(20)

    def contend(number: int) -> tuple[str, int | None]:
        job = f"job-{number}"
        start.wait(60)
        return job, side.turns.take("echo", job)

    with ThreadPoolExecutor(20) as pool:
        took = [(job, fence) for job, fence in pool.map(contend, range(20)) if fence is not None]
    # The winner has fence 2 where another wrote the blob, and then lost the lease to it.
    known = kept.get_blob_client("turns/echo").get_blob_properties().metadata
    assert took == [(known["job"], int(known["fence"]))]


@pytest.mark.parametrize("held", [False, True])
def test_one_of_twenty_callers_sets_the_hold(side: Storage, *, held: bool) -> None:
    start, over = threading.Barrier(20), Hold(at="2026-11-22T15:00:00Z", job="before")
    if held:
        side.ledger.set_hold("echo", over, over=None)

    def contend(number: int) -> bool:
        mark = Hold(at="2026-11-22T15:00:01Z", job=f"job-{number}")
        start.wait(60)
        return side.ledger.set_hold("echo", mark, over=over if held else None)

    with ThreadPoolExecutor(20) as pool:
        [winner] = [number for number, won in enumerate(pool.map(contend, range(20))) if won]
    assert (found := side.ledger.hold("echo")) is not None
    assert found.job == f"job-{winner}"


def test_a_package_is_read_in_pieces(
    side: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(range(256)) * 4096 * 9
    side.drop("large.zip", content)
    version = side.flows.stat("large.zip")
    assert version is not None
    held, real = list[int](), RequestsTransport.send

    def send(self: RequestsTransport, request: Any, **given: Any) -> Any:
        answer = real(self, request, **given)
        held.append(int(answer.headers.get("Content-Length", 0)))
        return answer

    monkeypatch.setattr(RequestsTransport, "send", send)
    found = side.flows.fetch_zip("large.zip", version.etag, tmp_path)

    assert found is not None
    assert found.read_bytes() == content
    assert sum(held) == len(content)
    assert max(held) <= 4 * 1024 * 1024


def test_a_crash_between_lease_and_fence_leaves_the_fence_to_the_next(
    side: Storage, kept: ContainerClient
) -> None:
    side.turns.take("echo", "a")
    side.turns.release("echo", "a")
    before = kept.get_blob_client("turns/echo").get_blob_properties().metadata
    side.turns.take("echo", "b")
    blob = kept.get_blob_client("turns/echo")
    held = blob.get_blob_properties()
    assert held.metadata["fence"] == "2"
    # As if `b` had died after its lease: the fence is still that of `a`.
    side.lapse("echo")
    blob.set_blob_metadata(before)
    assert side.turns.take("echo", "b") == 2
    side.lapse("echo")
    blob.set_blob_metadata(before)
    assert side.turns.take("echo", "c") == 2


def test_a_turn_lasts_a_minute(side: Storage, kept: ContainerClient) -> None:
    side.turns.take("echo", "a")
    lease = kept.get_blob_client("turns/echo").get_blob_properties().lease
    assert (lease.state, lease.duration) == ("leased", "fixed")
    stranger = BlobLeaseClient(kept.get_blob_client("turns/echo"))
    assert 50 <= stranger.break_lease() <= 60


def test_a_folder_that_was_copied_in_part_is_not_a_package(
    side: Storage, kept: ContainerClient, tmp_path: Path
) -> None:
    side.drop("echo/flow.dag.yaml", b"flow")
    side.drop("echo/code.py", b"code")
    files = side.flows.list("echo/")
    kept.upload_blob("packages/j/package/flow.dag.yaml", b"flow")
    with pytest.raises(LookupError):
        side.ledger.fetch_package("j", tmp_path)
    assert side.ledger.keep_folder("j", "echo/", files)
    fetched = side.ledger.fetch_package("j", tmp_path)
    assert sorted(path.name for path in fetched.iterdir()) == ["code.py", "flow.dag.yaml"]


def test_a_torn_last_line_is_left_out(side: Storage, kept: ContainerClient) -> None:
    side.ledger.append_events("j", [{"n": 1}])
    kept.get_blob_client("jobs/j/timeline.jsonl").append_block(b'{"n": 2')
    assert side.ledger.timeline("j") == ({"n": 1},)


def test_two_processes_append_to_one_timeline(side: Storage, kept: ContainerClient) -> None:
    other = BlobLedger(kept, open_sources(kept, None))
    side.ledger.append_events("j", [{"n": 1}])
    other.append_events("j", [{"n": 2}])
    assert not side.ledger.append_after("j", side.ledger.seen_timeline("j"), [{"n": 3}])
    assert side.ledger.seen_timeline("j") == ({"n": 1}, {"n": 2})
    side.ledger.append_events("j", [{"n": 3}])
    assert other.timeline("j") == ({"n": 1}, {"n": 2}, {"n": 3})


def test_a_process_relies_on_its_turn_for_seconds_and_then_renews_it(kept: ContainerClient) -> None:
    now = [0.0]
    turns, stranger = BlobTurns(kept, lambda: now[0]), BlobTurns(kept)
    assert turns.take("echo", "a") == 1
    BlobLeaseClient(kept.get_blob_client("turns/echo")).break_lease(0)
    now[0] = 9.0
    assert turns.take("echo", "a") == 1, "it asks storage again after ten seconds"
    assert stranger.take("echo", "b") == 2
    now[0] = 11.0
    assert turns.take("echo", "a") is None


def test_a_source_is_copied_with_a_signature_or_a_token(
    drop_account: BlobServiceClient, kept: ContainerClient
) -> None:
    from azure.core.credentials import AccessToken  # noqa: PLC0415 - needed here alone

    class Person:
        def get_token(self, *scopes: str, **_: object) -> AccessToken:
            assert scopes == ("https://storage.azure.com/.default",)
            return AccessToken("a-token", int(time.time()) + 3600)

    dropped = drop_account.create_container("signed")
    etag = str(dropped.upload_blob("a b.zip", b"zip").get_blob_properties().etag)
    signed = open_sources(dropped, None)("a b.zip")
    assert signed.authorization is None
    assert "sig=" in signed.url
    assert copy(signed, etag, kept.get_blob_client("copy.zip"))
    by_token = open_sources(dropped, Person())("a b.zip")
    assert by_token.authorization == "Bearer a-token"
    assert "?" not in by_token.url


def test_in_an_account_without_page_blobs_every_number_is_0(
    side: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        refused = HttpResponseError("No page blobs with a hierarchical namespace")
        refused.status_code = 409
        raise refused

    monkeypatch.setattr(BlobClient, "create_page_blob", refuse)
    at, number = side.ledger.take_number()
    assert number == 0
    assert at.endswith("Z")


def test_storage_that_is_gone_is_unavailable() -> None:
    nowhere = cloud.blob_connection_string(cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, 9)
    account = open_account(connection_string=nowhere)
    with pytest.raises(Unavailable):
        BlobFlows(account.get_container_client("flows")).stat("a.zip")


def test_a_document_is_read_until_it_exists_and_then_cached(
    side: Storage, kept: ContainerClient
) -> None:
    assert side.ledger.read("a", "plan") is None
    side.ledger.write_once("a", "plan", {"steps": ["one"]})
    first = side.ledger.read("a", "plan")
    assert first == {"steps": ["one"]}
    kept.delete_blob("jobs/a/plan.json")
    first["steps"].append("two")

    assert side.ledger.read("a", "plan") == {"steps": ["one"]}
