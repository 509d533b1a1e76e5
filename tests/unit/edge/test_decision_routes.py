"""The routes of decisions about a job."""

import json

import pytest

from tests.fakes.http import FakeHost
from tests.fakes.world import World, package
from tests.unit.edge.conftest import Starts


def test_a_cancel_is_recorded_and_wakes_the_job(world: World, host: FakeHost, starts: Starts):
    job = world.drop()

    answer = host.ask("POST", f"jobs/{job}/cancel", b'{"reason": "wrong file"}')

    assert answer.status_code == 202, answer.get_body()
    assert json.loads(answer.get_body())["decision"]["reason"] == "wrong file"
    assert starts.woken == [job]
    assert world.engine.run(job) == "canceled"
    shown = json.loads(host.ask("GET", f"jobs/{job}").get_body())
    assert [it["kind"] for it in shown["decisions"]] == ["cancel"]


def test_an_ended_job_cannot_be_canceled(world: World, host: FakeHost, starts: Starts):
    job = world.deploy()["job"]

    answer = host.ask("POST", f"jobs/{job}/cancel")

    assert answer.status_code == 409
    assert json.loads(answer.get_body())["error"] == (
        f"Job {job} has already ended: succeeded. To go back to the release before it: "
        "sluice rollback hello (POST /api/endpoints/hello/rollback)"
    )
    assert starts.woken == []


@pytest.mark.parametrize("word", ["stop", "Cancel", "cancel%20"])
def test_an_unknown_decision_names_the_known_ones(world: World, host: FakeHost, word: str):
    answer = host.ask("POST", f"jobs/{world.drop()}/{word}")

    assert answer.status_code == 404
    assert "cancel, approve, reject, promote, abort" in json.loads(answer.get_body())["error"]


def test_there_is_no_such_job(host: FakeHost):
    assert host.ask("POST", "jobs/nojob/cancel").status_code == 404


def test_a_rollback_wakes_the_job_that_it_interrupts_and_resume_the_one_that_waits(
    world: World, host: FakeHost, starts: Starts
):
    world.deploy()
    world.deploy(content=package("# 2\n"))
    running = world.drop(content=package("# 3\n"))
    world.ledger.queue_job("hello", running, "2026-01-01T00:09:00Z/2026-01-01T00:09:00Z")

    assert host.ask("POST", "endpoints/hello/rollback").status_code == 202
    assert starts.woken == [running]

    answer = host.ask("POST", "endpoints/hello/resume")
    assert starts.woken[1:] == [json.loads(answer.get_body())["job"]]


def test_a_retry_starts_a_new_job(world: World, host: FakeHost, starts: Starts):
    job = world.drop()
    assert host.ask("POST", f"jobs/{job}/retry").status_code == 409
    world.engine.run(job)

    answer = host.ask("POST", f"jobs/{job}/retry", headers={"idempotency-key": "k"})

    assert answer.status_code == 202, answer.get_body()
    again = json.loads(answer.get_body())["job"]
    assert starts.jobs == [again]
    assert again != job
    same = host.ask("POST", f"jobs/{job}/retry", headers={"idempotency-key": "k"})
    assert json.loads(same.get_body())["job"] == again
    assert host.ask("POST", "jobs/nojob/retry").status_code == 404
