import io

import pytest

from cli.display import Lines
from tests.unit.cli.fake_sluice import job, step


def test_plain_output_prints_each_change_once() -> None:
    out = io.StringIO()
    lines = Lines(out)
    for now in (step("pending"), step("waiting", "a"), step("waiting", "a"), step("waiting", "b")):
        lines.show(job(now))
    lines.show(job(step("done")))
    assert [line.strip()[0] for line in out.getvalue().splitlines()] == ["~", "a", "~", "b", "+"]


@pytest.mark.parametrize("state", ["superseded", "canceled", "rejected", "failed"])
def test_a_step_that_ended_otherwise_is_told_as_what_it_was(state: str) -> None:
    out = io.StringIO()
    lines = Lines(out)
    lines.show(job(step("running")))
    lines.show(job(step(state, "Job j2 is newer")))
    told = out.getvalue().splitlines()[1:]
    mark = "!" if state in {"rejected", "failed"} else "-"
    assert told[0].startswith(f"  {mark} ")
    assert f"  {state}" in told[0]
    assert told[1].strip() == "Job j2 is newer"


PHASE = {"text": "Azure ML builds the image", "usual": "5 to 15 minutes", "note": ""}


def test_the_usual_duration_of_a_phase_is_printed_once() -> None:
    out = io.StringIO()
    lines = Lines(out)
    for _ in range(2):
        lines.show({**job(step("running")), "phase": PHASE})
    lines.show({**job(step("done")), "phase": {**PHASE, "usual": "seconds"}})
    assert out.getvalue().count("Azure ML builds the image: usually 5 to 15 minutes") == 1


def test_a_step_that_waits_for_azure_is_printed_once() -> None:
    out = io.StringIO()
    lines = Lines(out)
    for now in (step("running"), step("waiting", PHASE["text"]), step("done")):
        lines.show({**job(now), "phase": {**PHASE, "note": now["note"]}})
    told = [line.strip() for line in out.getvalue().splitlines()]
    assert [line[0] for line in told] == [">", "A", "+"]
    assert told[1] == "Azure ML builds the image: usually 5 to 15 minutes"
