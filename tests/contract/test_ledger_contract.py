import pytest

from shared.domain.job import BlobSource, DeployRequest
from tests.contract.blob_sides import Storage


def request(job: str, *, path: str = "echo.zip", second: int = 0) -> DeployRequest:
    when = f"2026-11-22T15:00:{second:02d}Z"
    source = BlobSource(path=path, etag="0x1")
    return DeployRequest(job=job, source=source, door="blob", order=when, accepted=when)


def test_open_jobs_are_those_begun_and_not_closed_oldest_first(storage_side: Storage) -> None:
    for job in ("c", "a", "b", "c"):
        storage_side.ledger.open(job)
    storage_side.ledger.close("a")
    storage_side.ledger.close("never")
    assert storage_side.ledger.open_jobs() == ("c", "b")


def test_the_first_request_of_a_job_holds(storage_side: Storage) -> None:
    first = request("j", path="folder/größe ☃.zip")
    assert storage_side.ledger.record_request(first) == first
    assert storage_side.ledger.record_request(request("j", path="other.zip")) == first
    assert storage_side.ledger.request("j") == first
    assert storage_side.ledger.request("none") is None
    assert storage_side.ledger.requested() == {"j"}


def test_jobs_are_listed_newest_first_with_their_state(storage_side: Storage) -> None:
    for second, job in enumerate(("a", "b", "c")):
        storage_side.ledger.record_request(request(job, path="größe ☃.zip", second=second))
    storage_side.ledger.set_state("b", "succeeded", "echo")
    newest, middle = storage_side.ledger.jobs(limit=2)
    assert (newest.job, newest.state, newest.source) == ("c", "running", "größe ☃.zip")
    assert (middle.job, middle.state, middle.endpoint) == ("b", "succeeded", "echo")
    assert middle.accepted == "2026-11-22T15:00:01Z"


def test_a_job_without_a_request_has_no_state(storage_side: Storage) -> None:
    with pytest.raises(LookupError):
        storage_side.ledger.set_state("none", "running", "echo")


def test_an_idempotency_key_stays_bound(storage_side: Storage) -> None:
    assert storage_side.ledger.claimed("key / é") is None
    assert storage_side.ledger.claim_key("key / é", "a", "body") == ("a", "body")
    assert storage_side.ledger.claim_key("key / é", "b", "other") == ("a", "body")
    assert storage_side.ledger.claimed("key / é") == ("a", "body")


def test_a_document_is_written_once(storage_side: Storage) -> None:
    assert storage_side.ledger.read("j", "plan") is None
    assert storage_side.ledger.write_once("j", "plan", {"n": 1, "ü": ["☃"]}) == {"n": 1, "ü": ["☃"]}
    assert storage_side.ledger.write_once("j", "plan", {"n": 2}) == {"n": 1, "ü": ["☃"]}
    assert storage_side.ledger.read("j", "plan") == {"n": 1, "ü": ["☃"]}
    assert storage_side.ledger.write_once("k", "plan", {"n": 3}) == {"n": 3}


def test_a_timeline_keeps_its_order_and_drops_repeats(storage_side: Storage) -> None:
    assert storage_side.ledger.timeline("j") == ()
    for step in ("a", "b", "b", "a"):
        storage_side.ledger.note("j", {"step": step})
    assert [event["step"] for event in storage_side.ledger.timeline("j")] == ["a", "b", "a"]


def test_the_newest_request_wins_whenever_it_is_enlisted(storage_side: Storage) -> None:
    assert storage_side.ledger.newest("echo") is None
    storage_side.ledger.enlist("echo", "old", "2026-11-22T15:00:00Z")
    storage_side.ledger.enlist("echo", "new", "2026-11-22T15:00:00.5+00:00")
    storage_side.ledger.enlist("echo", "older", "2026-11-22T14:00:00+00:00")
    storage_side.ledger.enlist("other", "newer", "2026-11-22T16:00:00Z")
    assert storage_side.ledger.newest("echo") == "new"


def test_releases_are_remembered_newest_first_and_once(storage_side: Storage) -> None:
    for job, order in (("a", "2026-11-22T15:00:00Z"), ("b", "2026-11-22T15:00:01Z")):
        storage_side.ledger.record_release("echo", order, {"job": job, "digest": job * 2})
        storage_side.ledger.record_release("echo", order, {"job": job, "digest": "again"})
    assert [known["digest"] for known in storage_side.ledger.releases("echo")] == ["bb", "aa"]
    assert storage_side.ledger.releases("other") == ()
