from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.adapters.copies import open_sources
from shared.adapters.ledger import BlobLedger
from shared.domain.jobs.decision import Decision
from shared.domain.release.history import Released
from shared.domain.requests.due import Due
from shared.domain.requests.hold import Hold
from shared.domain.requests.request import (
    Claim,
    DeployRequest,
    MessageName,
    Queued,
    make_order,
    order_key,
)
from shared.domain.requests.source import BlobSource
from shared.ports import Ledger
from tests.contract.blob_sides import Storage


def request(job: str, *, path: str = "echo.zip", second: int = 0) -> DeployRequest:
    when = f"2026-11-22T15:00:{second:02d}Z"
    source = BlobSource(path=path, etag="0x1")
    return DeployRequest(job=job, source=source, door="blob", order=when, accepted=when)


def beside(side: Storage) -> Ledger:
    """The same ledger as another process has it."""
    if side.container is None:
        return side.ledger
    return BlobLedger(side.container, open_sources(side.container, None))


def test_open_jobs_are_those_begun_and_not_closed_oldest_first(storage_side: Storage) -> None:
    for job in ("c", "a", "b", "c"):
        storage_side.ledger.open_job(job)
    storage_side.ledger.close_job("a")
    storage_side.ledger.close_job("never")
    assert storage_side.ledger.open_jobs() == ("c", "b")


def test_the_first_request_of_a_job_wins(storage_side: Storage) -> None:
    first = request("j", path="folder/größe ☃.zip")
    assert storage_side.ledger.record_request(first) == first
    assert storage_side.ledger.record_request(request("j", path="other.zip")) == first
    assert storage_side.ledger.request("j") == first
    assert storage_side.ledger.request("none") is None


def test_jobs_are_listed_newest_first_with_their_state(storage_side: Storage) -> None:
    for second, job in enumerate(("a", "b", "c")):
        storage_side.ledger.record_request(request(job, path="größe ☃.zip", second=second))
    storage_side.ledger.set_state("b", "succeeded", "echo")
    page = storage_side.ledger.jobs(limit=2)
    newest, middle = page.jobs
    assert (newest.job, newest.state, newest.source) == ("c", "running", "größe ☃.zip")
    assert (middle.job, middle.state, middle.endpoint) == ("b", "succeeded", "echo")
    assert middle.accepted == "2026-11-22T15:00:01Z"
    last = storage_side.ledger.jobs(limit=2, after=page.more)
    assert [it.job for it in last.jobs] == ["a"]
    assert last.more is None


def test_a_job_without_a_request_has_no_state(storage_side: Storage) -> None:
    with pytest.raises(LookupError):
        storage_side.ledger.set_state("none", "running", "echo")


def test_an_idempotency_key_stays_bound(storage_side: Storage) -> None:
    assert storage_side.ledger.find_claim("key / é") is None
    first = Claim(job="a", body="body", order=make_order("2026-01-01T00:00:05Z"))
    assert storage_side.ledger.claim_key("key / é", first) == first
    assert storage_side.ledger.claim_key("key / é", Claim(job="b", body="other")) == first
    assert storage_side.ledger.find_claim("key / é") == first


def test_a_document_is_written_once(storage_side: Storage) -> None:
    assert storage_side.ledger.read("j", "plan") is None
    assert storage_side.ledger.write_once("j", "plan", {"n": 1, "ü": ["☃"]}) == {"n": 1, "ü": ["☃"]}
    assert storage_side.ledger.write_once("j", "plan", {"n": 2}) == {"n": 1, "ü": ["☃"]}
    assert storage_side.ledger.read("j", "plan") == {"n": 1, "ü": ["☃"]}
    assert storage_side.ledger.write_once("k", "plan", {"n": 3}) == {"n": 3}


def test_what_a_list_showed_as_missing_is_found_once_it_is_written(storage_side: Storage) -> None:
    ledger, other = storage_side.ledger, beside(storage_side)
    ledger.list_documents("j")
    assert ledger.read("j", "plan", listed=True) is None
    other.write_once("j", "plan", {"n": 1})
    other.write_once("j", "release", {"n": 2})
    assert ledger.read("j", "plan", listed=True) == {"n": 1}
    ledger.list_documents("j")
    assert ledger.read("j", "release", listed=True) == {"n": 2}


def test_a_document_of_ones_own_is_not_missing_because_of_an_older_list(
    storage_side: Storage,
) -> None:
    ledger = storage_side.ledger
    assert ledger.decisions("j") == ()
    ledger.write_once("j", "plan", {"n": 1})
    assert ledger.read("j", "plan", listed=True) == {"n": 1}


def test_a_timeline_that_another_has_continued_is_read_again(storage_side: Storage) -> None:
    ledger, other = storage_side.ledger, beside(storage_side)
    ledger.append_events("j", [{"n": 1}])
    ledger.list_documents("j")
    assert ledger.timeline("j", listed=True) == ({"n": 1},)
    other.append_events("j", [{"n": 2}])
    ledger.list_documents("j")
    assert ledger.timeline("j", listed=True) == ({"n": 1}, {"n": 2})


def test_a_hold_that_another_has_set_is_seen_at_the_next_look(storage_side: Storage) -> None:
    ledger, other = storage_side.ledger, beside(storage_side)
    hold = Hold(at="2026-11-22T15:00:00Z", by="Ann", job="a")
    assert ledger.newest_job("echo") is None
    assert ledger.hold("echo", listed=True) is None
    other.set_hold("echo", hold, over=None)
    assert ledger.hold("echo", listed=True) == hold
    assert ledger.newest_job("echo") is None
    assert ledger.hold("echo", listed=True) == hold


def test_the_newest_job_is_found_behind_many_quarantines(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    ledger.queue_job("echo", "old", "2026-11-22T15:00:00Z")
    for number in range(25):
        ledger.quarantine("echo", f"d{number}", {"n": number})
    ledger.queue_job("echo", "new", "2026-11-22T15:00:01Z")
    assert ledger.newest_job("echo") == "new"
    assert ledger.newest_job("other") is None


def test_a_timeline_keeps_its_order_and_drops_repeats(storage_side: Storage) -> None:
    assert storage_side.ledger.timeline("j") == ()
    for step in ("a", "b", "b", "a"):
        storage_side.ledger.append_events("j", [{"step": step}])
    storage_side.ledger.append_events("j", [{"step": "c"}, {"step": "d"}])
    steps = [event["step"] for event in storage_side.ledger.timeline("j")]
    assert steps == ["a", "b", "a", "c", "d"]


def test_an_event_is_appended_after_those_that_were_seen_and_no_others(
    storage_side: Storage,
) -> None:
    ledger = storage_side.ledger
    assert ledger.append_after("j", (), [{"n": 1}])
    assert not ledger.append_after("j", (), [{"n": 2}])
    assert ledger.seen_timeline("j") == ({"n": 1},)
    assert ledger.append_after("j", ledger.seen_timeline("j"), [{"n": 2}])
    assert ledger.timeline("j") == ({"n": 1}, {"n": 2})


def test_the_newest_request_wins_whenever_it_is_enlisted(storage_side: Storage) -> None:
    assert storage_side.ledger.newest_job("echo") is None
    queue = storage_side.ledger.queue_job
    assert queue("echo", "old", "2026-11-22T15:00:00Z") == Queued("old", ())
    assert queue("echo", "new", "2026-11-22T15:00:00.5+00:00") == Queued("new", ("old",))
    assert queue("echo", "new", "2026-11-22T15:00:00.5+00:00") == Queued("new", ())
    assert queue("echo", "older", "2026-11-22T14:00:00+00:00") == Queued("new", ())
    assert queue("other", "newer", "2026-11-22T16:00:00Z") == Queued("newer", ())
    assert storage_side.ledger.newest_job("echo") == "new"


def test_releases_are_remembered_newest_first_and_once(storage_side: Storage) -> None:
    for job, order in (("a", "2026-11-22T15:00:00Z"), ("b", "2026-11-22T15:00:01Z")):
        storage_side.ledger.record_release("echo", order, {"job": job, "digest": job * 2})
        storage_side.ledger.record_release("echo", order, {"job": job, "digest": "again"})
    assert [known["digest"] for known in storage_side.ledger.releases("echo")] == ["bb", "aa"]
    assert storage_side.ledger.releases("other") == ()


def test_the_count_of_repeated_requests_only_grows(storage_side: Storage) -> None:
    assert storage_side.ledger.repeat_count("j") == 0
    for times in (1, 2, 3, 2):
        storage_side.ledger.record_repeat("j", times)
    storage_side.ledger.record_repeat("other", 12)
    assert storage_side.ledger.repeat_count("j") == 3


def test_messages_that_joined_a_job_are_listed_once(storage_side: Storage) -> None:
    assert storage_side.ledger.joined("j").messages == ()
    first, second = MessageName(id="a/b ☃"), MessageName(id="c", correlation="d")
    for message in (first, second, first):
        storage_side.ledger.add_message("j", message)
    assert set(storage_side.ledger.joined("j").messages) == {first, second}
    assert len(storage_side.ledger.joined("j").messages) == 2


def test_a_job_that_was_asked_again_has_the_newest_order(storage_side: Storage) -> None:
    ledger, message = storage_side.ledger, MessageName(id="m")
    assert ledger.joined("j").order == ""
    ledger.add_message("j", message)
    first = make_order("2026-11-22T15:00:00Z", "2026-11-22T15:00:01Z", 7)
    second = make_order("2026-11-22T15:00:00.5+00:00")
    for order in (first, second, first):
        ledger.ask_again("j", order)
        assert ledger.joined("j").order == first
    assert ledger.joined("j").messages == (message,)
    assert ledger.joined("other").order == ""


def test_the_sweeps_record_is_replaced(storage_side: Storage) -> None:
    assert storage_side.ledger.last_sweep() == {}
    for seen in ({"a ☃.zip": "1", "b.zip": "2"}, {"b.zip": "3"}):
        storage_side.ledger.record_sweep(seen)
        assert storage_side.ledger.last_sweep() == seen


def test_a_folder_is_recorded_with_its_last_job_until_it_is_deleted(storage_side: Storage) -> None:
    for path, job in (("team/größe ☃/", "1"), ("other/", "2"), ("team/größe ☃/", "3")):
        storage_side.ledger.record_folder(path, job)
    assert storage_side.ledger.known_folders() == {"team/größe ☃/": "3", "other/": "2"}
    for _ in range(2):
        storage_side.ledger.forget_folder("other/")
    assert storage_side.ledger.known_folders() == {"team/größe ☃/": "3"}


def test_numbers_grow_and_come_with_storages_time(storage_side: Storage) -> None:
    before = storage_side.flows.server_time()
    times, numbers = zip(*(storage_side.ledger.take_number() for _ in range(3)), strict=True)
    after = storage_side.flows.server_time()
    assert sorted(set(numbers)) == list(numbers)
    keys = [order_key(it) for it in (before, *times, after)]
    assert keys == sorted(keys)


def test_numbers_taken_at_once_differ(storage_side: Storage) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: storage_side.ledger.take_number()[1], range(40)))
    assert len(set(taken)) == 40


def test_a_quarantine_has_the_last_verdict_until_it_ends(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    assert ledger.quarantined("echo", "d1") is None
    for words in ("40 of 90 failed ☃", "50 of 90 failed"):
        ledger.quarantine("echo", "d1", {"words": words})
        assert ledger.quarantined("echo", "d1") == {"words": words}
    assert ledger.quarantined("echo", "d2") is None
    assert ledger.quarantined("other", "d1") is None
    for _ in range(2):
        ledger.end_quarantine("echo", "d1")
    assert ledger.quarantined("echo", "d1") is None


def test_releases_recorded_with_capitals_are_found(storage_side: Storage) -> None:
    if storage_side.container is None:
        pytest.skip("the fake keeps nothing of before")
    for second, endpoint in enumerate(("Echo", "echo", "other")):
        release = {"job": f"j{second}", "digest": endpoint}
        storage_side.ledger.record_release(endpoint, f"2026-11-22T15:00:0{second}Z", release)

    found = BlobLedger(storage_side.container, open_sources(storage_side.container, None))

    assert [known["digest"] for known in found.releases("echo")] == ["echo", "Echo"]


def test_a_hold_stays_until_it_is_cleared_and_is_replaced_by_who_has_seen_it(
    storage_side: Storage,
) -> None:
    ledger, first = storage_side.ledger, Hold(at="2026-11-22T15:00:00Z", by="Ann ☃", job="a")
    assert ledger.hold("echo") is None
    assert not ledger.set_hold("echo", first, over=first)
    assert ledger.set_hold("echo", first, over=None)
    assert ledger.hold("echo") == first
    second = first.model_copy(update={"reason": "größer", "job": "b"})
    assert not ledger.set_hold("echo", second, over=None)
    assert not ledger.set_hold("echo", first, over=second)
    assert ledger.hold("echo") == first
    assert ledger.set_hold("echo", second, over=first)
    assert ledger.hold("echo") == second
    assert ledger.hold("other") is None
    ledger.clear_hold("echo")
    ledger.clear_hold("echo")
    assert ledger.hold("echo") is None


def test_the_first_decision_of_a_kind_counts(storage_side: Storage) -> None:
    ledger, first = (
        storage_side.ledger,
        Decision(kind="cancel", at="2026-11-22T15:00:00Z", by="Ann ☃"),
    )
    assert ledger.decisions("j") == ()
    assert ledger.record_decision("j", first) == first
    again = first.model_copy(update={"by": "Eve", "reason": "größer"})
    assert ledger.record_decision("j", again) == first
    approved = Decision(kind="approve", at="2026-11-22T15:00:01Z")
    ledger.record_decision("j", approved)
    assert ledger.decisions("j") == (approved, first)
    assert ledger.decisions("k") == ()


def test_a_dead_letter_is_settled_once(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    assert ledger.settled_letter("requests", "7-0000abcd") is None
    first = ledger.settle_letter("requests", "7-0000abcd", {"act": "replay"})
    assert ledger.settle_letter("requests", "7-0000abcd", {"act": "discard"}) == first
    assert ledger.settled_letter("requests", "7-0000abcd") == {"act": "replay"}
    assert ledger.settled_letter("changes", "7-0000abcd") is None


def test_what_was_seen_of_drift_is_replaced(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    assert ledger.drift_record() == {}
    for record in ({"at": "1"}, {"at": "2", "marks": {"ü": {}}}):
        ledger.record_drift(record)
        assert ledger.drift_record() == record


def test_the_last_release_is_the_newest(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    assert ledger.last_release("hello") is None
    for second in ("1", "3", "2"):
        at = f"2026-01-01T00:00:0{second}Z"
        ledger.record_release("hello", f"{at}/{at}", {"job": f"j{second}"})
    assert ledger.last_release("hello") == {"job": "j3"}
    assert [it["job"] for it in ledger.releases("hello")] == ["j3", "j2", "j1"]


def test_endpoints_are_due_in_order_of_time_once_all_are_known(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    ledger.add_due("late", "2026-11-23T15:00:00Z")
    ledger.add_due("early", "2026-11-22T15:00:00+00:00")
    ledger.add_due("early", "2026-11-22T15:00:00Z")
    assert ledger.due() is None
    ledger.index_due()
    ledger.index_due()
    early = Due(order_key("2026-11-22T15:00:00Z"), "early")
    assert ledger.due() == (early, Due(order_key("2026-11-23T15:00:00Z"), "late"))
    for _ in range(2):
        ledger.remove_due(early)
    assert [it.endpoint for it in ledger.due() or ()] == ["late"]
    for hour in range(30):
        ledger.add_due(f"e{hour}", f"2026-11-24T{hour % 24:02}:00:00Z")
    assert len(ledger.due() or ()) == 20


def test_what_releases_made_is_known_without_reading_each(storage_side: Storage) -> None:
    ledger = storage_side.ledger
    assert ledger.released("hello") == ()
    for second in ("1", "3", "2"):
        at = f"2026-01-01T00:00:0{second}Z"
        given = {"deployment": f"d-{second}", "digest": second * 3, "package": "j1"}
        ledger.record_release("hello", f"{at}/{at}", {"job": f"j{second}", **given})
    made = tuple(Released(f"j{it}", f"d-{it}", it * 3, "j1") for it in ("3", "2", "1"))
    assert ledger.released("hello") == made
    assert ledger.released("other") == ()
    told = {"deployment": "d-4", "digest": "444", "package": "j4", "kind": "scoring_script"}
    ledger.record_release("hello", "2026-01-01T00:00:04Z/4", {"job": "j4", **told})
    assert ledger.released("hello")[0] == Released("j4", "d-4", "444", "j4", "scoring_script")


def test_releases_of_an_older_version_are_read(storage_side: Storage) -> None:
    if storage_side.container is None:
        pytest.skip("the fake keeps nothing of before")
    path = "endpoints/hello/releases/20260101T000001000000Z~j1.json"
    content = b'{"job": "j1", "deployment": "d-1", "digest": "111", "package": "j1"}'
    storage_side.container.upload_blob(path, content)
    assert storage_side.ledger.released("hello") == (Released("j1", "d-1", "111", "j1"),)
