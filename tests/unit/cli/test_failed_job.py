"""A failed job as printed in a terminal."""

from dataclasses import asdict
from typing import Any

from cli.outcome import outcome_lines
from shared.domain.diagnosis.diagnosis import Signal, diagnose

GIANT = '{"chat_history": "' + "x" * 50_000 + '"}'
TRACE = """\
Traceback (most recent call last):
  File "/flow/say.py", line 7, in say
    return answers[question]
           ~~~~~~~^^^^^^^^^^
KeyError: 'hi'"""


def _ended(result: dict[str, Any]) -> dict[str, Any]:
    return {"steps": [], "result": {"data": result}}


def _lines(signal: Signal) -> list[str]:
    result: dict[str, Any] = {
        "outcome": "failed",
        "endpoint": "chat",
        "diagnosis": asdict(diagnose(signal)),
    }
    return list(outcome_lines(_ended(result), local=False))


def test_a_failed_jobs_log_is_cut_to_the_traceback_and_to_short_lines():
    message = f"sample 1: the endpoint answered 424: {GIANT}"
    log = f"{GIANT}\n{TRACE}\n{GIANT}\nFinish monitoring request"

    lines = _lines(Signal("SmokeTest", message, log, status=424))

    assert max(map(len, lines)) < 1_300
    assert sum(map(len, lines)) < 4_000
    start = lines.index("  the end of the log")
    assert lines[start + 1].strip() == "Traceback (most recent call last):"
    assert any("KeyError: 'hi'" in line for line in lines[start:])


def test_commands_to_copy_are_never_cut():
    scope = "/subscriptions/5a1d0c9e-0000-4000-8000-000000000001/resourceGroups/" + "g" * 90
    command = f"az role assignment create --assignee-object-id x --role y --scope {scope}"

    lines = _lines(Signal("GrantLimit", f"An administrator must run: {command}"))

    assert any(line.endswith(command) for line in lines)


def test_a_superseded_job_names_the_newer_one_if_known():
    result = {"outcome": "superseded", "endpoint": "chat"}

    known = outcome_lines(_ended({**result, "superseded_by": "5eaf00d"}), local=False)
    assert list(known)[1].endswith(": 5eaf00d")
    unknown = outcome_lines(_ended({**result, "superseded_by": None}), local=False)
    assert "another job took the turn" in list(unknown)[1]
