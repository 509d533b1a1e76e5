import pytest

from shared.domain.job import BlobSource, DeployRequest
from tests.contract.storage import Storage


def request(job: str, *, path: str = "echo.zip", second: int = 0) -> DeployRequest:
    when = f"2026-11-22T15:00:{second:02d}Z"
    source = BlobSource(path=path, etag="0x1")
    return DeployRequest(job=job, source=source, door="blob", order=when, accepted=when)


def test_open_jobs_are_those_begun_and_not_closed_oldest_first(storage: Storage) -> None:
    for job in ("c", "a", "b", "c"):
        storage.ledger.open(job)
    storage.ledger.close("a")
    storage.ledger.close("never")
    assert storage.ledger.open_jobs() == ("c", "b")


def test_the_first_request_of_a_job_holds(storage: Storage) -> None:
    first = request("j", path="folder/größe ☃.zip")
    assert storage.ledger.record_request(first) == first
    assert storage.ledger.record_request(request("j", path="other.zip")) == first
    assert storage.ledger.request("j") == first
    assert storage.ledger.request("none") is None
    assert storage.ledger.requested() == {"j"}


def test_jobs_are_listed_newest_first_with_their_state(storage: Storage) -> None:
    for second, job in enumerate(("a", "b", "c")):
        storage.ledger.record_request(request(job, path="größe ☃.zip", second=second))
    storage.ledger.set_state("b", "succeeded", "echo")
    newest, middle = storage.ledger.jobs(limit=2)
    assert (newest.job, newest.state, newest.source) == ("c", "running", "größe ☃.zip")
    assert (middle.job, middle.state, middle.endpoint) == ("b", "succeeded", "echo")
    assert middle.accepted == "2026-11-22T15:00:01Z"


def test_a_job_without_a_request_has_no_state(storage: Storage) -> None:
    with pytest.raises(LookupError):
        storage.ledger.set_state("none", "running", "echo")


def test_an_idempotency_key_stays_bound(storage: Storage) -> None:
    assert storage.ledger.claimed("key / é") is None
    assert storage.ledger.claim_key("key / é", "a", "body") == ("a", "body")
    assert storage.ledger.claim_key("key / é", "b", "other") == ("a", "body")
    assert storage.ledger.claimed("key / é") == ("a", "body")


def test_a_document_is_written_once(storage: Storage) -> None:
    assert storage.ledger.read("j", "plan") is None
    assert storage.ledger.write_once("j", "plan", {"n": 1, "ü": ["☃"]}) == {"n": 1, "ü": ["☃"]}
    assert storage.ledger.write_once("j", "plan", {"n": 2}) == {"n": 1, "ü": ["☃"]}
    assert storage.ledger.read("j", "plan") == {"n": 1, "ü": ["☃"]}
    assert storage.ledger.write_once("k", "plan", {"n": 3}) == {"n": 3}


def test_a_timeline_keeps_its_order_and_drops_repeats(storage: Storage) -> None:
    assert storage.ledger.timeline("j") == ()
    for step in ("a", "b", "b", "a"):
        storage.ledger.note("j", {"step": step})
    assert [event["step"] for event in storage.ledger.timeline("j")] == ["a", "b", "a"]


def test_the_newest_request_wins_whenever_it_is_enlisted(storage: Storage) -> None:
    assert storage.ledger.newest("echo") is None
    storage.ledger.enlist("echo", "old", "2026-11-22T15:00:00Z")
    storage.ledger.enlist("echo", "new", "2026-11-22T15:00:00.5+00:00")
    storage.ledger.enlist("echo", "older", "2026-11-22T14:00:00+00:00")
    storage.ledger.enlist("other", "newer", "2026-11-22T16:00:00Z")
    assert storage.ledger.newest("echo") == "new"


def test_releases_are_remembered_newest_first_and_once(storage: Storage) -> None:
    for job, order in (("a", "2026-11-22T15:00:00Z"), ("b", "2026-11-22T15:00:01Z")):
        storage.ledger.record_release("echo", order, {"job": job, "digest": job * 2})
        storage.ledger.record_release("echo", order, {"job": job, "digest": "again"})
    assert [known["digest"] for known in storage.ledger.releases("echo")] == ["bb", "aa"]
    assert storage.ledger.releases("other") == ()
