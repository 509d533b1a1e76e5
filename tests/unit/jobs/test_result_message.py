"""A result as a message: cut for the queue, whole in the ledger, not retried for ever."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.failure import Denied, Refused, Unavailable
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.result_message import MOST_BYTES, as_message, written
from shared.steps.publish import publish
from shared.steps.views.jobs import describe_job
from tests.fakes.world import World, package

SIZE = Refused("MessageSizeExceededError", "Too large.")
FINDING = {"file": "f" * 100, "line": 1, "cause": "ß" * 400, "remedy": "\u2028" * 400}


def event(**data: Any) -> dict[str, Any]:
    plain = {"job": "j", "kind": "deployment", "outcome": "succeeded", "endpoint": "e", **data}
    return {"specversion": "1.0", "id": "i", "type": "t", "data": plain}


def test_a_result_that_fits_is_sent_unchanged():
    whole = event(sample_request={"question": "x" * 1000}, findings=[FINDING])
    assert as_message(whole) == whole


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        ({"sample_request": {"text": "x" * 300_000}}, ["sample_request"]),
        ({"sample_request": {"text": "ü" * 150_000}}, ["sample_request"]),
        ({"findings": [FINDING] * 101}, []),
        ({"findings": [FINDING] * 300}, ["findings"]),
        ({"diagnosis": {"cause": "c", "log": "l" * 300_000}}, ["diagnosis"]),
        ({"image": "i" * 300_000}, ["image"]),
        ({"sample_request": {"text": "x" * 300_000}, "curl": "c" * 1000}, ["sample_request"]),
        ({"warnings": ["w" * 100_000] * 3, "findings": [FINDING] * 5}, ["warnings"]),
    ],
)
def test_a_result_that_does_not_fit_names_what_was_cut(data: dict[str, Any], cut: list[str]):
    message = as_message(event(**data))
    assert len(written(message)) <= MOST_BYTES
    assert message["data"].get("cut", []) == cut
    assert (message["data"]["outcome"], message["data"]["endpoint"]) == ("succeeded", "e")


def test_a_list_is_cut_to_its_first_items():
    findings = [{**FINDING, "line": number} for number in range(300)]
    message = as_message(event(findings=findings))["data"]["findings"]
    assert message == findings[: len(message)]
    assert len(message) > 50


def test_half_a_surrogate_pair_does_not_stop_a_result():
    assert b"?" in written(event(endpoint="\ud800"))


def test_the_queue_gets_a_cut_result_and_the_ledger_the_whole_one(world: World):
    question = "x" * 300_000
    manifest = f"smoke_test: {{input: {{question: {question}}}}}\n"
    message = world.deploy(content=package(deploy__yaml=manifest))
    assert message["outcome"] == "succeeded"
    assert (message["cut"], message["sample_request"]) == (["sample_request"], None)
    whole = world.ledger.read(message["job"], "result")
    assert whole is not None
    assert whole["data"]["sample_request"] == {"question": question}


def test_a_result_refused_for_its_size_is_sent_once(world: World):
    job = world.drop()
    world.bus.fail("send_result", SIZE)
    assert world.engine.run(job) == "succeeded"
    assert world.ledger.open_jobs() == ()
    shown = describe_job(world.ports, job)
    assert shown is not None
    assert "Too large" in shown["sent"]["failure"]


@pytest.mark.parametrize("failure", [Denied("Unauthorized", "No."), Refused("NotFound", "No.")])
def test_a_missing_or_forbidden_queue_is_retried_for_a_day(world: World, failure: Denied | Refused):
    job = world.drop()
    world.bus.fail("send_result", failure, times=200)
    world.engine.run(job)
    assert world.ledger.open_jobs() == (job,)
    world.clock.now += timedelta(days=1, minutes=1)
    publish(world.ports, job, Ending())
    assert world.ledger.open_jobs() == ()


def test_an_unreachable_bus_is_retried_without_limit(world: World):
    job = world.drop()
    world.bus.fail("send_result", Unavailable("Silent", "Away."), times=101)
    world.engine.run(job)
    world.clock.now += timedelta(days=3)
    with pytest.raises(Unavailable):
        publish(world.ports, job, Ending())
    publish(world.ports, job, Ending())
    assert len(world.bus.results) == 1
