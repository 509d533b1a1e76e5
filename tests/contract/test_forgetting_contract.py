"""What the ledger forgets: all of an old job, and nothing of another."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.jobs.decision import Decision
from shared.domain.requests.request import Claim, DeployRequest, MessageName
from shared.domain.requests.source import BlobSource
from tests.contract.blob_sides import Storage

LATER = "2026-01-03T15:00:00.000000Z"


def request(job: str, accepted: str = "2026-01-01T15:00:00.000000Z") -> DeployRequest:
    source = BlobSource(path="echo.zip", etag="0x1")
    return DeployRequest(job=job, source=source, door="blob", order=accepted, accepted=accepted)


def fill(side: Storage, asked: DeployRequest) -> None:
    ledger, job = side.ledger, asked.job
    ledger.keep_package(job, b"zip")
    ledger.record_request(asked)
    for name in ("release", "plan", "result"):
        ledger.write_once(job, name, {"job": job})
    ledger.append_events(job, [{"n": 1}])
    ledger.record_decision(job, Decision(kind="cancel", at=asked.accepted))
    ledger.add_message(job, MessageName(id="m"))
    ledger.ask_again(job, "2026-01-02T15:00:00Z")
    ledger.record_repeat(job, 1)
    for order in (asked.order, "2026-01-02T15:00:00Z"):
        ledger.queue_job("echo", job, order)
    made = {"job": job, "deployment": "d", "digest": "1", "package": job}
    ledger.record_release("echo", asked.order, made)


def test_a_job_is_forgotten_with_all_it_had_and_the_next_is_not(storage_side: Storage) -> None:
    ledger, old, kept = storage_side.ledger, request("old"), request("kept", LATER)
    fill(storage_side, old)
    fill(storage_side, kept)
    for _ in range(2):
        ledger.forget_job(old, "echo")
    assert ledger.request("old") is None
    assert ledger.read("old", "result") is None
    assert ledger.decisions("old") == ()
    assert ledger.joined("old").messages == ()
    assert ledger.repeat_count("old") == 0
    assert [it.job for it in ledger.released("echo")] == ["kept"]
    assert [it.job for it in ledger.jobs().jobs] == ["kept"]
    assert ledger.read("kept", "result") == {"job": "kept"}
    assert ledger.timeline("kept") == ({"n": 1},)
    assert ledger.newest_job("echo") == "kept"
    if storage_side.container is not None:
        assert not [it for it in storage_side.container.list_blob_names() if "old" in it]


def test_old_jobs_come_by_day_the_earliest_first(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    days = {"a": "01", "b": "01", "c": "01", "d": "03", "today": "09", "young": "20"}
    for job, day in days.items():
        ledger.record_request(request(job, f"2026-01-{day}T15:00:00.000000Z"))
    before, after, pages = "2026-01-09T12:00:00.000000Z", None, list[set[str]]()
    while True:
        page = ledger.old_jobs(before, 2, after)
        if not page.jobs:
            break
        pages.append({it.job for it in page.jobs})
        after = page.more
    assert [len(it) for it in pages] == [2, 1, 1]
    assert pages[0] | pages[1] == {"a", "b", "c"}
    assert pages[2] == {"d"}
    ledger.forget_entry("d", "2026-01-03T15:00:00.000000Z")
    assert "d" not in {it.job for it in ledger.jobs().jobs}


def test_how_far_it_has_come_is_replaced(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    assert ledger.forgetting() == {}
    for place in ({"at": "1"}, {"at": "2", "jobs": "x y"}):
        ledger.record_forgetting(place)
        assert ledger.forgetting() == place


def test_old_keys_and_settled_letters_go_page_by_page(storage_side: Storage) -> None:
    if storage_side.container is None:
        pytest.skip("the fake keeps them")
    ledger, now = storage_side.ledger, datetime.now(UTC)
    ledger.claim_key("k", Claim(job="j", body="body"))
    ledger.settle_letter("requests", "7", {"act": "replay"})

    def walk(before: datetime) -> None:
        after: str | None = ""
        while after is not None:
            after = ledger.forget_records(before, after)

    walk(now - timedelta(days=1))
    assert ledger.find_claim("k") == Claim(job="j", body="body")
    walk(now + timedelta(days=1))
    assert ledger.find_claim("k") is None
    assert ledger.settled_letter("requests", "7") is None
