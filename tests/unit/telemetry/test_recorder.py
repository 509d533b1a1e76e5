"""What is recorded of work and calls in this process."""

import threading

import pytest

from shared.adapters.telemetry.recorder import Recorder
from shared.domain.failure import Unavailable
from shared.domain.jobs.trace import span_id
from tests.unit.telemetry.conftest import Kept

ENDPOINT = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"
    "/workspaces/w/onlineEndpoints/hello"
)


def test_a_call_belongs_to_the_work_of_its_thread(kept: Kept):
    recorder = Recorder(kept)
    with recorder.work("step", job="j", step="step-1"):
        with recorder.call("arm", "PUT", ENDPOINT) as call:
            call.status = 201

        def elsewhere() -> None:
            with recorder.call("storage", "GET", "/a"):
                pass

        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
    call_span, work = kept.of("j")
    assert call_span.name == "PUT workspaces/onlineEndpoints"
    assert call_span.parent == work.id
    assert work.parent == span_id("j", "step-1")
    assert call_span.begin >= work.begin
    assert call_span.end <= work.end
    assert call_span.attributes["http.response.status_code"] == 201
    assert [named["service"] for _, named in kept.metric("sluice.call.duration")] == [
        "arm",
        "storage",
    ]


def test_a_throttled_call_is_counted_with_what_it_asked_for(kept: Kept):
    recorder = Recorder(kept)
    with recorder.work("step", job="j"), recorder.call("arm", "GET", "/a") as call:
        call.status, call.retry_after = 429, 17.0
    assert kept.metric("sluice.throttles") == [(1, {"service": "arm", "status": 429})]
    assert kept.metric("sluice.throttle.seconds") == [(17.0, {"service": "arm"})]
    span = kept.of("j")[0]
    assert (span.problem, span.attributes["sluice.retry_after"]) == ("429", 17.0)


@pytest.mark.parametrize("status", [404, 409, 412])
def test_an_answer_that_is_expected_is_no_problem(kept: Kept, status: int):
    recorder = Recorder(kept)
    with recorder.work("step", job="j"), recorder.call("storage", "GET", "/a") as call:
        call.status = status
    assert [it.problem for it in kept.of("j")] == ["", ""]
    assert kept.metric("sluice.throttles") == []


def test_a_call_that_raises_is_told_and_raises(kept: Kept):
    recorder = Recorder(kept)
    with pytest.raises(TimeoutError), recorder.work("step", job="j"):  # noqa: SIM117
        with recorder.call("arm", "GET", "/a"):
            raise TimeoutError
    assert [it.problem for it in kept.of("j")] == ["TimeoutError", "TimeoutError"]


def test_work_of_no_job_is_not_told_but_its_calls_are_counted(kept: Kept):
    recorder = Recorder(kept)
    with recorder.work("accept"), recorder.call("storage", "GET", "/a"):
        pass
    assert kept.told == []
    assert len(kept.metric("sluice.call.duration")) == 1


def test_work_whose_job_becomes_known_at_its_end_is_told(kept: Kept):
    recorder = Recorder(kept)
    with recorder.work("accept") as work, recorder.call("storage", "GET", "/a"):
        work.job = "j"
    assert [it.name for it in kept.of("j")] == ["GET storage", "accept"]


def test_texts_are_masked_and_cut(kept: Kept):
    secret = "canary0123456789abcdef"
    with Recorder(kept).work("step", job="j", what=f"password='{secret}'") as work:
        work.problem = f"https://h/x?sig={secret} " + "x" * 1000
    (span,) = kept.of("j")
    assert secret not in str(span)
    assert len(span.problem) == 300


def test_an_ended_job_that_cannot_be_looked_at_is_not_told(kept: Kept):
    def silent() -> None:
        raise Unavailable("Timeout", "storage is silent")

    Recorder(kept).ended(silent)
    Recorder(kept).ended(lambda: None)
    assert (kept.told, kept.measured) == ([], [])


def test_what_is_logged_meanwhile_belongs_to_the_trace(kept: Kept):
    from opentelemetry import trace  # noqa: PLC0415

    from shared.domain.jobs.trace import trace_id  # noqa: PLC0415

    with Recorder(kept).work("step", job="j"):
        here = trace.get_current_span().get_span_context()
    assert f"{here.trace_id:032x}" == trace_id("j")
    assert f"{here.span_id:016x}" == kept.of("j")[0].id
    assert not trace.get_current_span().get_span_context().is_valid
