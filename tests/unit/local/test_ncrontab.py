from datetime import UTC, datetime

import pytest

from local.functions_host.timers.ncrontab import compile_schedule

NOW = datetime(2026, 11, 22, 15, 59, 59, 500_000, tzinfo=UTC)  # a Sunday

CASES = [
    ("0 * * * * *", "2026-11-22T16:00:00"),
    ("*/15 * * * * *", "2026-11-22T16:00:00"),
    ("0 0 12 * * *", "2026-11-23T12:00:00"),
    ("0 30 9-17 * * Mon-Fri", "2026-11-23T09:30:00"),
    ("5,10 0 16 * * 0", "2026-11-22T16:00:05"),
    ("0 0 0 29 feb *", "2028-02-29T00:00:00"),
    ("0 0 0 1 1 *", "2027-01-01T00:00:00"),
    ("0 0 16 * * Sun", "2026-11-22T16:00:00"),
    ("0 0 10 * * Sunday", "2026-11-29T10:00:00"),
    ("0 0 10 * * tu", "2026-11-24T10:00:00"),
    ("0 0 0 13 * 5", "2027-08-13T00:00:00"),
    ("0 20/20 * * * *", "2026-11-22T16:20:00"),
    ("*/5 * * * *", "2026-11-22T16:00:00"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_next_occurrence_follows_the_six_fields(text: str, expected: str) -> None:
    assert compile_schedule(text).after(NOW) == datetime.fromisoformat(expected + "+00:00")


def test_the_next_occurrence_is_always_later() -> None:
    schedule = compile_schedule("0 * * * * *")
    first = schedule.after(NOW)
    assert (schedule.after(first) - first).total_seconds() == 60


NOT_SCHEDULES = [
    "",
    "* * * *",
    "60 * * * * *",
    "x * * * * *",
    "*/0 * * * * *",
    "0 0 0 * * jan",
    "0 0 0 * * monkey",
    "0 0 mon * * *",
    "0 0 0 L * *",
    "0 0 0 * * 5#2",
    "0 0 0 * * 7",
    "@hourly",
]


@pytest.mark.parametrize("text", NOT_SCHEDULES)
def test_an_invalid_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        compile_schedule(text)


def test_a_schedule_without_any_occurrence_is_refused() -> None:
    with pytest.raises(ValueError, match="never occurs"):
        compile_schedule("0 0 0 30 2 *").after(NOW)
