"""When a job looks at an operation of Azure again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from durabletask import task

from functions.fold import Fold

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


class Context:
    """An orchestration whose clock is set by hand."""

    current_utc_datetime = BEGUN

    def wait_for_external_event(self, _: str) -> task.CompletableTask[Any]:
        return task.CompletableTask()


def looks(ends: float, *, late: float = 0.0, answer: float = 0.2, before: int = 0) -> list[float]:
    """Seconds after its begin at which an operation is looked at, until it has ended.

    `late`: the clock of the looks begins so much later, since `before` looks came in an activity.
    """
    context, number = Context(), before
    fold = Fold(context, "job")  # type: ignore[arg-type]
    found, at = list[float](), late
    while at < ends or not found:
        context.current_utc_datetime = BEGUN + timedelta(seconds=at)
        at += fold.next_look(BEGUN + timedelta(seconds=late), number) + answer
        number += 1
        found.append(round(at, 1))
    return found


@pytest.mark.parametrize("ends", [30, 60, 300, 900, 3_600])
def test_the_end_of_a_long_operation_is_seen_at_once(ends: float):
    assert looks(ends)[-1] - ends < 1


def test_a_long_operation_is_looked_at_twice_a_minute():
    assert len(looks(900)) - len(looks(300)) == 20


def test_a_short_operation_is_seen_before_twice_its_time_and_a_second_have_passed():
    for ends in (0.0, 0.3, 1, 2, 5, 10, 14, 20, 29):
        assert looks(ends)[-1] <= 2 * ends + 1.5, ends


def test_looks_that_an_activity_took_are_not_taken_again():
    assert looks(30, late=0.8, before=2) == pytest.approx([2.6, 4.6, 8.0, 16.0, 31.0], abs=0.1)


@pytest.mark.parametrize("ends", [1, 30, 45, 300])
def test_slow_answers_lead_to_fewer_looks(ends: float):
    assert len(looks(ends, answer=2.0)) <= len(looks(ends))
