"""What a person sees in a terminal while a job runs."""

from typing import IO, Any, cast

import pytest
from rich.console import Console

from cli.step_list import around
from cli.terminal import Terminal
from tests.unit.cli.fake_sluice import job, step
from tests.unit.cli.screen import Screen

PHASE = {"text": "Azure ML builds the image", "usual": "5 to 15 minutes", "note": ""}
SCOPE = "/subscriptions/5a1d0c9e-0000-4000-8000-000000000001/resourceGroups/rg/providers/x/y"
COMMAND = f"az role assignment create --role Reader --scope {SCOPE}"


def _terminal(screen: Screen) -> Terminal:
    console = Console(
        file=cast(IO[str], screen),
        force_terminal=True,
        width=screen.columns,
        height=screen.rows,
        _environ={},
    )
    return Terminal(console)


def _steps(done: int, current: dict[str, Any], pending: int) -> dict[str, Any]:
    before = [step("done", title=f"step {index}") for index in range(done)]
    after = [
        step("pending", title=f"later {index}") | {"started": None} for index in range(pending)
    ]
    return job(*before, current, *after)


def test_a_terminal_redraws_the_list_including_notes_and_wrapped_lines() -> None:
    screen = Screen(40, 24)
    with _terminal(screen) as terminal:
        # Two steps of a row each, and a note that wraps into three.
        note = "it waits for what is far away " * 3
        terminal.show(job(step("done", title="one"), step("waiting", note=note, title="two")))
        assert len(screen.window) == 6
        terminal.show(job(step("done", title="one"), step("done", title="two")))
    assert screen.window == ["  + one  2.0 s", "  + two  2.0 s"]


def test_messages_appear_above_the_list() -> None:
    screen = Screen(40, 24)
    with _terminal(screen) as terminal:
        terminal.show(job(step("done")))
        terminal.say("no answer; trying again")
        terminal.show(job(step("done")))
    assert screen.window[:2] == ["no answer; trying again", "  + Endpoint hello  2.0 s"]


def test_a_long_note_is_wrapped_at_words_and_indented() -> None:
    screen = Screen(30, 24)
    note = "the endpoint is waited for until it answers with the wanted traffic"
    with _terminal(screen) as terminal:
        terminal.show(job(step("failed", note=note)))
    rows = [line for line in screen.window if line.startswith("      ")]
    assert len(rows) > 2
    assert " ".join(line.strip() for line in rows) == note


def test_a_tall_list_stays_in_the_window_until_it_ends() -> None:
    screen = Screen(60, 10)
    with _terminal(screen) as terminal:
        for done in range(20):
            running = step("running", title=f"step {done}")
            terminal.show(_steps(done, running, 19 - done) | {"phase": PHASE})
            assert any(line.startswith(f"  > step {done}  ") for line in screen.window)
            assert screen.window[-2].strip().startswith("Azure ML builds the image: usually")
            assert screen.window[-1].startswith(f"  step {done + 1} of 20, ")
            assert screen.scrolled_out == []
    # The whole list is printed once, at the end.
    everything = [*screen.scrolled_out, *screen.window]
    assert [line.split()[2] for line in everything if " step " in line] == [
        str(index) for index in range(20)
    ]


def test_steps_that_do_not_fit_are_counted() -> None:
    screen = Screen(60, 9)
    with _terminal(screen) as terminal:
        terminal.show(_steps(10, step("running", title="now"), 10))
        told = screen.window
        assert told[0] == "    ... 8 more before"
        assert [line[4:].split("  ")[0] for line in told[1:7]] == [
            "step 8",
            "step 9",
            "now",
            "later 0",
            "later 1",
            "later 2",
        ]
        assert told[7] == "    ... 7 more after"


def test_a_command_to_copy_is_printed_once_unwrapped() -> None:
    screen = Screen(80, 24)
    waits = job(step("waiting", note=f"An administrator runs: {COMMAND}"))
    with _terminal(screen) as terminal:
        for _ in range(3):
            terminal.show(waits)
        # The terminal itself wraps it at its edge: copied, it is one line.
        assert screen.window[0] + screen.window[1] == COMMAND
    assert sum(line.startswith("az role") for line in screen.window) == 1


def test_a_terminal_shows_the_azure_wait_once() -> None:
    screen = Screen(80, 24)
    with _terminal(screen) as terminal:
        terminal.show({**job(step("waiting", PHASE["text"])), "phase": PHASE})
    assert "\n".join(screen.window).count(PHASE["text"]) == 1


def test_a_terminal_shows_the_phase_below_the_list() -> None:
    screen = Screen(80, 24)
    with _terminal(screen) as terminal:
        terminal.show({**job(step("running")), "phase": PHASE})
        assert screen.window[-2].endswith("usually 5 to 15 minutes")


def test_names_are_not_read_as_markup() -> None:
    screen = Screen(80, 24)
    with _terminal(screen) as terminal:
        terminal.say("dropped [bold]x[/bold].zip :smile:")
        terminal.show(job(step("done", title="Endpoint [red]x")))
    assert screen.window[:2] == [
        "dropped [bold]x[/bold].zip :smile:",
        "  + Endpoint [red]x  2.0 s",
    ]


@pytest.mark.parametrize(
    ("current", "heights", "room", "shown"),
    [
        (0, [1, 1, 1], 3, range(3)),
        (2, [1] * 5, 3, range(1, 4)),
        (4, [1] * 5, 2, range(3, 5)),
        (1, [1, 9, 1], 9, range(1, 2)),
        (1, [1, 9, 1], 4, range(1, 2)),
        (1, [5, 2, 1], 4, range(1, 3)),
    ],
)
def test_the_current_step_and_its_neighbours_fill_the_window(
    current: int, heights: list[int], room: int, shown: range
) -> None:
    assert around(current, heights, room) == shown
