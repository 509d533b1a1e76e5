import io

from cli.display import Lines, Terminal
from tests.unit.cli.fake_sluice import job, step


def test_a_terminal_redraws_the_list_including_notes_and_wrapped_lines() -> None:
    out = io.StringIO()
    screen = Terminal(out, columns=lambda: 40)
    # Two steps of a row each, and a note that wraps into three.
    screen.show(job(step("done", title="one"), step("waiting", note="x" * 90, title="two")))
    screen.show(job(step("done", title="one"), step("done", title="two")))
    first, erased, second = out.getvalue().partition("\x1b[5F\x1b[J")
    assert erased
    assert "x" * 90 in first
    assert second.splitlines() == ["  + one  2.0 s", "  + two  2.0 s"]


def test_messages_appear_above_the_list() -> None:
    out = io.StringIO()
    screen = Terminal(out, columns=lambda: 40)
    screen.show(job(step("done")))
    screen.say("no answer; trying again")
    screen.show(job(step("done")))
    assert out.getvalue().split("\x1b[1F\x1b[J")[1].startswith("no answer; trying again\n  + ")


def test_plain_output_prints_each_change_once() -> None:
    out = io.StringIO()
    lines = Lines(out)
    for now in (step("pending"), step("waiting", "a"), step("waiting", "a"), step("waiting", "b")):
        lines.show(job(now))
    lines.show(job(step("done")))
    assert [line.strip()[0] for line in out.getvalue().splitlines()] == ["~", "a", "~", "b", "+"]


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


def test_a_terminal_shows_the_azure_wait_once() -> None:
    out = io.StringIO()
    waits = step("waiting", PHASE["text"])
    Terminal(out, columns=lambda: 80).show({**job(waits), "phase": PHASE})
    assert out.getvalue().count(PHASE["text"]) == 1


def test_a_terminal_shows_the_phase_below_the_list() -> None:
    out = io.StringIO()
    Terminal(out, columns=lambda: 80).show({**job(step("running")), "phase": PHASE})
    assert out.getvalue().splitlines()[-1].strip().endswith("usually 5 to 15 minutes")
