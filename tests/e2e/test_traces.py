"""One trace a job, from the door to the result, whatever process did which part."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.options import Options
from local.stack import Stack
from local.traces.receiver import Receiver, Trace
from local.traces.spans import Received
from local.traces.waterfall import waterfall
from shared.domain.jobs.trace import trace_id
from tests.e2e.client import Client, wait, zipped
from tests.e2e.conftest import SETTINGS


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    options = Options(
        endpoint_seconds=0.2,
        deployment_seconds=2,
        put_seconds=0.2,
        serve="echo",
        settings=SETTINGS,
        traces=True,
    )
    with Stack(tmp_path_factory.mktemp("traced"), options) as running:
        yield running


def _receiver(stack: Stack) -> Receiver:
    assert stack.traces is not None
    return stack.traces


def _whole(stack: Stack, job: str) -> Trace:
    """Wait for the span of the job itself, which comes last; return the job's trace."""

    def look() -> Trace | None:
        trace = _receiver(stack).traces().get(trace_id(job), ())
        return trace if any(not it.parent for it in trace) else None

    return wait(look, 120, f"no trace of job {job}")


def _check_tree(trace: Trace) -> Received:
    """Check that all spans hang together below the job's, and return that."""
    (job,) = [it for it in trace if not it.parent]
    ids = {it.id for it in trace}
    assert [it for it in trace if it.parent and it.parent not in ids] == []
    return job


def test_a_job_is_one_trace_of_door_steps_calls_and_result(traced: Stack, samples: Path):
    client = Client(traced.facts)
    result = client.deploy("traced.zip", zipped(samples / "hello"))
    assert result["outcome"] == "succeeded", result
    trace = _whole(traced, result["job"])

    job = _check_tree(trace)
    assert job.attributes["sluice.outcome"] == "succeeded"
    assert job.attributes["sluice.endpoint"] == "traced"
    names = {it.name for it in trace}
    assert {"accept at the blob door", "publish the result", *result["timings"]} <= names
    services = {it.attributes.get("sluice.service") for it in trace}
    assert {"arm", "storage", "endpoint", "service bus"} <= services
    assert {it.attributes["sluice.job"] for it in trace} == {result["job"]}
    drawn = waterfall(trace)
    assert drawn.splitlines()[0].startswith(f"job {result['job']}  traced.zip: succeeded at")
    assert all(f"  {name} done" in drawn for name in [*result["timings"]][:2]), drawn


def test_a_host_killed_in_the_middle_keeps_one_trace(traced: Stack, samples: Path):
    client = Client(traced.facts)
    job = client.drop("killed.zip", zipped(samples / "hello"))

    def deploying() -> bool:
        shown = client.job(job)
        steps = shown["steps"] if shown else ()
        return any(it["kind"] == "ensure_deployment" and it["state"] == "waiting" for it in steps)

    wait(deploying, 300, "the deployment never began", every=0.05)
    traced.kill("functions_host")
    traced.start_part("functions_host")
    result = client.outcome(job)
    assert result["outcome"] == "succeeded", result

    trace = _whole(traced, job)
    assert _check_tree(trace).attributes["sluice.outcome"] == "succeeded"
    assert set(result["timings"]) <= {it.name for it in trace}


def test_a_rejected_job_is_a_trace_with_its_cause_and_metrics_count_it(
    traced: Stack, samples: Path
):
    client = Client(traced.facts)
    result = client.deploy("wrong.zip", zipped(samples / "hello", deploy__yaml="no: such key"))
    assert result["outcome"] == "rejected", result
    job = _check_tree(_whole(traced, result["job"]))
    assert job.attributes["sluice.outcome"] == "rejected"
    assert job.problem

    def outcomes() -> set[str]:
        metric = _receiver(traced).metrics().get("sluice.jobs")
        points = metric.sum.data_points if metric is not None else ()
        return {pair.value.string_value for it in points for pair in it.attributes}

    wait(lambda: "rejected" in outcomes(), 120, lambda: f"no count of it: {outcomes()}")


def test_no_key_and_no_token_is_in_a_trace(traced: Stack, samples: Path):
    client = Client(traced.facts)
    result = client.deploy("secret.zip", zipped(samples / "hello"))
    keys = client.arm("POST", f"{client.workspace}/onlineEndpoints/secret/listKeys").json()
    text = str(_whole(traced, result["job"]))
    known = (keys["primaryKey"], traced.facts["function_key"], traced.facts["identity_header"])
    assert [it for it in (*known, "Bearer", "sig=", "eyJ") if it in text] == []


def test_a_job_succeeds_where_nobody_takes_its_trace(
    tmp_path_factory: pytest.TempPathFactory, samples: Path
):
    nobody = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    options = Options(serve="echo", deployment_seconds=0.2, settings={**SETTINGS, **nobody})
    with Stack(tmp_path_factory.mktemp("untaken"), options) as stack:
        result = Client(stack.facts).deploy("untaken.zip", zipped(samples / "hello"))
    assert result["outcome"] == "succeeded", result
