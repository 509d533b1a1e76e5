#!/bin/sh
# isodate.parse_duration("P1M2D") returns isodate.Duration, whose total_seconds() is that of the
# two days alone: the month is dropped without an error. Only durations with years or months do
# this; others are datetime.timedelta. Whoever wants seconds must check the type first.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q isodate==0.7.2
"$place/venv/bin/python" - <<'PY'
from importlib.metadata import version

from isodate import parse_duration

print("isodate", version("isodate"))
found = {}
for text in ("P2D", "P1M2D", "P1Y2D", "P1M"):
    duration = parse_duration(text)
    found[text] = (type(duration).__name__, duration.total_seconds())
    print(f"{text}: {found[text][0]}, total_seconds() = {found[text][1]:g}")
assert found == {
    "P2D": ("timedelta", 172800.0),
    "P1M2D": ("Duration", 172800.0),
    "P1Y2D": ("Duration", 172800.0),
    "P1M": ("Duration", 0.0),
}, "the behaviour has changed"
PY
