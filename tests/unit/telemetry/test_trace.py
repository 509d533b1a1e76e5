"""One trace a job: whoever does a part of it, and however often."""

import logging
from dataclasses import asdict

import pytest

from shared.adapters.telemetry.recorder import Recorder
from shared.domain.jobs.trace import Span, span_id, trace_id
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import World, make_world, package
from tests.unit.telemetry.conftest import Kept


def _job(spans: list[Span]) -> Span:
    (job,) = [it for it in spans if not it.parent]
    return job


def test_a_job_is_one_tree_of_steps_and_their_calls(told: World, kept: Kept):
    result = told.deploy()
    spans = kept.of(result["job"])

    job = _job(spans)
    assert {it.parent for it in spans if it.parent} <= {it.id for it in spans}
    steps = [it for it in spans if it.parent == job.id and "sluice.step" in it.attributes]
    assert [it.name for it in steps] == list(result["timings"])
    assert job.attributes["sluice.outcome"] == "succeeded"
    assert job.attributes["sluice.door"] == "blob"
    assert (job.problem, job.kind) == ("", "job")
    (smoke,) = [it for it in spans if it.attributes.get("sluice.step.kind") == "smoke_test"][:1]
    assert smoke.attributes["sluice.status"] == "ok"
    assert smoke.attributes["sluice.attempt"] == 1
    assert smoke.parent in {it.id for it in steps}


def test_looks_that_find_nothing_new_are_not_told(kept: Kept):
    job = make_world(telemetry=Recorder(kept), workspace={"polls": 6}).deploy()["job"]
    polls = [
        it.attributes["sluice.call"]
        for it in kept.of(job)
        if it.attributes.get("sluice.step.kind") == "ensure_deployment"
        and "sluice.call" in it.attributes
    ]
    assert len(polls) == 2
    assert int(polls[1]) > 3


def test_ids_come_from_the_job_so_every_process_knows_them():
    assert trace_id("a") == trace_id("a") != trace_id("b")
    assert len(trace_id("a")) == 32
    assert span_id("a", "step-0") == span_id("a", "step-0") != span_id("a", "step-1")
    assert span_id("a") != span_id("b")
    assert len(span_id("a")) == 16


def test_a_job_that_is_killed_and_goes_on_is_still_one_tree(told: World, kept: Kept):
    job, died = told.drop(), list[str]()

    def die(name: str, given: dict[str, object]) -> None:
        if given.get("kind") == "ensure_model" and not died:
            died.append(name)
            raise Crash

    engine = FakeEngine(told.ports, told.clock, die)
    with pytest.raises(Crash):
        engine.run(job)
    FakeEngine(told.ports, told.clock).run(job)

    spans = kept.of(job)
    assert died
    assert {it.parent for it in spans if it.parent} <= {it.id for it in spans}
    assert _job(spans).attributes["sluice.outcome"] == "succeeded"


def test_a_failed_job_tells_step_cause_and_outcome(told: World, kept: Kept):
    told.scoring.answer(424, {"error": {"message": "boom"}}, times=50)
    result = told.deploy()
    job = _job(kept.of(result["job"]))
    assert job.problem == result["diagnosis"]["cause"][:300]
    failed = [it for it in kept.of(result["job"]) if it.attributes.get("sluice.step.state")]
    assert [it.attributes["sluice.step.kind"] for it in failed if it.problem] == ["smoke_test"]


def test_no_secret_comes_into_a_trace(told: World, kept: Kept):
    secret = "canary0123456789abcdef0123456789"
    body = {"error": {"message": f"AccountKey={secret}; https://h/x?sig={secret}"}}
    told.scoring.answer(424, body, times=50)
    told.deploy()
    assert kept.told
    assert secret not in str([asdict(it) for _, it in kept.told])


def test_metrics_count_jobs_by_outcome_and_steps_by_kind(told: World, kept: Kept):
    told.deploy()
    assert told.deploy("wrong", b"no zip")["outcome"] == "rejected"
    outcomes = [named["outcome"] for _, named in kept.metric("sluice.jobs")]
    assert outcomes == ["succeeded", "rejected"]
    kinds = {named["kind"] for _, named in kept.metric("sluice.step.duration")}
    assert {"prepare", "plan", "ensure_endpoint", "smoke_test"} <= kinds
    assert len(kept.metric("sluice.job.duration")) == 2


def test_the_log_names_each_job_that_failed_with_its_cause(
    told: World, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    told.scoring.answer(424, {"error": {"message": "boom"}}, times=50)
    job = told.deploy(content=package("# 1"))["job"]
    step, end = [it for it in caplog.records if it.name == "functions.told"]
    assert (step.levelname, end.levelname) == ("WARNING", "WARNING")
    assert (step.job, step.endpoint, step.step) == (job, "hello", "smoke_test")  # type: ignore[attr-defined]
    assert (end.job, end.outcome) == (job, "failed")  # type: ignore[attr-defined]
    assert job in end.getMessage()
    assert "failed: " in end.getMessage()
    assert "\n" not in end.getMessage()


def test_the_log_names_a_job_that_succeeded_at_the_level_of_information(
    told: World, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    told.deploy()
    (end,) = [it for it in caplog.records if it.name == "functions.told"]
    assert end.levelname == "INFO"
