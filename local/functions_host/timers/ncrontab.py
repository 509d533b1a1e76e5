"""NCRONTAB schedules: `{second} {minute} {hour} {day} {month} {day-of-week}`, in UTC."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# As in NCrontab: a name belongs to its own field, and its first letters are enough.
_MONTHS: Final = tuple(name.lower() for name in calendar.month_name[1:])
_DAYS: Final = tuple(name.lower() for name in (calendar.day_name[6], *calendar.day_name[:6]))
_FIELDS: Final = (
    (0, 59, ()),
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_YEARS: Final = 8 * 366  # the longest wait: 29 February on a given weekday


@dataclass(frozen=True)
class Schedule:
    """A compiled schedule; a time must match all six fields, both day and day of week."""

    text: str
    _fields: tuple[frozenset[int], ...]

    def after(self, moment: datetime) -> datetime:
        """Return the first occurrence after a time, in the same time zone.

        Raises:
            ValueError: the schedule has none (30 February).
        """
        seconds, minutes, hours, days, months, weekdays = self._fields
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        for ahead in range(_YEARS * 2):
            day = start + timedelta(days=ahead)
            if day.month not in months or day.day not in days:
                continue
            if day.isoweekday() % 7 not in weekdays:
                continue
            begin = (start.hour, start.minute, start.second) if ahead == 0 else (0, 0, 0)
            found = _time_from(begin, hours, minutes, seconds)
            if found is not None:
                hour, minute, second = found
                return day.replace(hour=hour, minute=minute, second=second)
        raise ValueError(f"the schedule '{self.text}' never occurs")


def compile_schedule(text: str) -> Schedule:
    """Compile a schedule of six fields, or of five (second 0).

    Raises:
        ValueError: the text is not a schedule.
    """
    fields = text.split()
    if len(fields) == 5:
        fields.insert(0, "0")
    if len(fields) != 6:
        raise ValueError(f"'{text}' is not a schedule of six fields")
    read = (_field(field, *known) for field, known in zip(fields, _FIELDS, strict=True))
    return Schedule(text, tuple(read))


def _field(text: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    values = set[int]()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        begin = low if span == "*" else _number(first, low, names)
        end = _number(last, low, names) if dash else begin
        if span == "*" or (slash and not dash):
            end = high
        if not low <= begin <= end <= high or (slash and int(step) < 1):
            raise ValueError(f"'{part}' is out of the range {low} to {high}")
        values.update(range(begin, end + 1, int(step) if slash else 1))
    return frozenset(values)


def _number(text: str, low: int, names: tuple[str, ...]) -> int:
    if not text or text.isdecimal():
        return int(text)
    found = (low + index for index, name in enumerate(names) if name.startswith(text.lower()))
    if (number := next(found, None)) is None:
        raise ValueError(f"'{text}' is not a value of this field")
    return number


def _time_from(
    begin: tuple[int, int, int],
    hours: frozenset[int],
    minutes: frozenset[int],
    seconds: frozenset[int],
) -> tuple[int, int, int] | None:
    """Return the first matching time of day from `begin` on, or None."""
    for hour in sorted(each for each in hours if each >= begin[0]):
        same_hour = hour == begin[0]
        for minute in sorted(each for each in minutes if not same_hour or each >= begin[1]):
            same_minute = same_hour and minute == begin[1]
            for second in sorted(seconds):
                if not same_minute or second >= begin[2]:
                    return hour, minute, second
    return None
