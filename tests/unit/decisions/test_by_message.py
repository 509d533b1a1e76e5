"""Decisions that come as messages on the queue of requests."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.engine import start
from shared.domain.access.policy_rule import parse_policy
from shared.domain.failure import Unavailable
from shared.domain.requests.waiting_message import Incoming
from shared.steps.decisions.by_message import take_or_requeue
from shared.steps.intake.accept import Accepted
from tests.fakes.engine import FakeEngine
from tests.fakes.world import READS_CONNECTIONS, World, package
from tests.unit.edge.conftest import Starts


def send(world: World, body: Any, name: str = "m") -> Accepted | None:
    now = world.clock()
    text = json.dumps(body).encode()
    message = Incoming("requests", text, name, "ticket", enqueued=now, first=now)
    return take_or_requeue(world.ports, message)


def answer(world: World, name: str = "m") -> dict[str, Any]:
    """The result that answers the message."""
    [data] = [
        it.event["data"] for it in world.bus.results if it.event["data"]["message_id"] == name
    ]
    return dict(data)


def test_a_message_cancels_a_job_and_wakes_it(world: World):
    job = world.drop()
    starts = Starts()

    taken = send(world, {"job": job, "decision": "cancel", "reason": "wrong file"})
    start(starts, taken)

    assert taken == Accepted(job, ended=False, decided=True)
    assert (starts.woken, starts.jobs) == ([job], [])
    assert world.engine.run(job) == "canceled"
    assert world.last["decision"]["reason"] == "wrong file"
    assert world.last["decision"]["by"] == "the sender of a message"


def test_a_message_approves_a_job(world: World):
    job = world.drop(content=package(deploy__yaml=READS_CONNECTIONS + "approval: writes\n"))
    sent: list[Accepted | None] = []

    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "approval" and not sent:
            sent.append(send(world, {"job": job, "decision": "approve"}))

    assert FakeEngine(world.ports, world.clock, before).run(job) == "succeeded"


def test_a_decision_that_is_delivered_again_after_the_end_of_its_job_is_no_fault(world: World):
    job = world.drop()
    decision = {"job": job, "decision": "cancel"}
    send(world, decision)
    world.engine.run(job)

    assert send(world, decision) == Accepted(job, ended=False, decided=True)

    assert len(world.bus.results) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"job": "nojob", "decision": "cancel"}, "There is no job 'nojob'"),
        ({"job": "JOB", "decision": "approve"}, "has no plan yet"),
        ({"job": "JOB", "decision": "stop"}, "decision"),
        ({"job": "JOB"}, "decision"),
        ({"decision": "cancel"}, "job"),
        ({"job": "a/../b", "decision": "cancel"}, "job"),
        ({"job": "JOB", "decision": "cancel", "because": "x"}, "because"),
    ],
)
def test_a_wrong_decision_gets_a_rejected_job_that_answers_it(
    world: World, body: dict[str, str], told: str
):
    job = world.drop()
    asked = {key: job if value == "JOB" else value for key, value in body.items()}

    taken = send(world, asked)

    assert taken is not None
    assert taken.job != job
    assert world.engine.run(taken.job) == "rejected"
    [finding, *_] = answer(world)["findings"]
    assert told in f"{finding['file']} {finding['cause']} {finding['remedy']}"
    assert answer(world)["correlation_id"] == "ticket"
    assert world.ledger.decisions(job) == ()


def test_a_job_that_has_ended_cannot_be_decided_about(world: World):
    job = world.deploy()["job"]

    taken = send(world, {"job": job, "decision": "cancel"})

    assert taken is not None
    assert world.engine.run(taken.job) == "rejected"
    [finding] = answer(world)["findings"]
    assert finding["cause"] == f"Job {job} has already ended: succeeded"
    assert "sluice rollback hello (POST /api/endpoints/hello/rollback)" in finding["remedy"]


def test_where_a_rule_names_approvers_no_message_approves(make: Callable[..., World]):
    rule = """[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "approval": "writes",
                "approvers": ["*"]}]"""
    world = make(policy=parse_policy(rule))
    job = world.drop()
    sent: list[Accepted | None] = []

    def before(name: str, given: Any) -> None:
        del name
        if given.get("kind") == "approval" and not sent:
            sent.append(send(world, {"job": job, "decision": "approve"}))

    assert FakeEngine(world.ports, world.clock, before).run(job) == "failed"
    assert sent[0] is not None
    assert world.engine.run(sent[0].job) == "rejected"
    assert "sender of a message is not among" in answer(world)["findings"][0]["cause"]


def test_a_decision_waits_on_its_queue_during_an_outage(world: World):
    job = world.drop()
    world.ledger.fail("record_decision", Unavailable("ServerBusy", "no"))

    assert send(world, {"job": job, "decision": "cancel"}) is None

    assert len(world.bus.again) == 1


def test_other_messages_are_requests(world: World):
    world.flows.put("hello.zip", package())

    taken = send(world, {"source": {"blob": "hello.zip"}})

    assert taken is not None
    assert not taken.decided
    assert world.engine.run(taken.job) == "succeeded"
