"""The GitHub action: its scripts run with an `az`, a `gh` and a `sluice` that only record."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from action.report import outputs, render

ACTION = Path(__file__).parents[3] / "action"
RESULT = {
    "outcome": "rejected",
    "job": "a5f155f55f65504bd115",
    "endpoint": "hello",
    "deployment": None,
    "findings": [{"file": "flow.dag.yaml", "line": 3, "cause": "no `node` x", "remedy": "Add it"}],
    "warnings": ["@all <b>"],
}
AZ = """#!/bin/sh
echo "az $*" >> "$CALLS"
case "$*" in *keys*) echo the-key ;; *) echo app.example.org ;; esac
"""
GH = """#!/bin/sh
echo "gh $*" >> "$CALLS"
case "$*" in *comments*--jq*) printf '%s' "$OLD" ;; */pulls*) printf '%s' "$PULL" ;; esac
"""
SLUICE = """#!/bin/sh
[ "$1" = -m ] || exec "$PYTHON" "$@"
echo "sluice $* $SLUICE_FUNCTIONS_URL $SLUICE_FUNCTION_KEY" >> "$CALLS"
cat "$RESULT"
exit "$CODE"
"""


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    for name, text in (("az", AZ), ("gh", GH), ("sluice/bin/python", SLUICE)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "result").write_text(json.dumps(RESULT))
    return {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "RUNNER_TEMP": str(tmp_path),
        "CALLS": str(tmp_path / "calls"),
        "RESULT": str(tmp_path / "result"),
        "CODE": "2",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_ACTION_PATH": str(ACTION),
        "GITHUB_REPOSITORY": "me/flows",
        "GITHUB_SHA": "abc",
        "FLOW": "flows/hello",
        "AS": "team/hello",
        "APP": "app",
        "GROUP": "group",
        "OLD": "",
        "PULL": "",
    }


def test_the_action_passes_its_inputs_as_variables_alone():
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    steps = action["runs"]["steps"]
    assert not [it for it in steps if "${{" in it.get("run", "")], "an input would be run as code"
    used = json.dumps(steps)
    assert [name for name in action["inputs"] if f"inputs.{name} " not in used] == []


@pytest.mark.parametrize("script", sorted(ACTION.glob("*.sh")), ids=lambda it: it.name)
def test_a_script_is_clean(script: Path):
    path = f"{ACTION.parent / '.venv' / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["shellcheck", script], capture_output=True, text=True, check=False, env={"PATH": path}
    )
    assert done.stdout == ""
    assert os.access(script, os.X_OK)


def test_a_drop_gives_outputs_a_summary_and_its_exit_code(runner: dict[str, str]):
    done = _run("drop.sh", runner)
    assert done.returncode == 2, done.stderr
    calls = Path(runner["CALLS"]).read_text()
    assert "sluice -m cli drop flows/hello --json --as team/hello https://app.example.org" in calls
    assert "::add-mask::the-key" in done.stdout
    given = Path(runner["GITHUB_OUTPUT"]).read_text().splitlines()
    job = RESULT["job"]
    assert given == ["outcome=rejected", "endpoint=hello", f"job={job}", "ended=true"]
    assert "rejected" in Path(runner["GITHUB_STEP_SUMMARY"]).read_text()


def test_a_drop_without_a_result_still_ends_with_its_exit_code(runner: dict[str, str]):
    Path(runner["RESULT"]).write_text("")
    done = _run("drop.sh", runner | {"CODE": "4", "AS": ""})
    assert done.returncode == 4, done.stderr
    assert "no result" in Path(runner["GITHUB_STEP_SUMMARY"]).read_text()


@pytest.mark.parametrize(
    ("given", "calls"),
    [
        ({"PULL_REQUEST": "7"}, ["POST repos/me/flows/issues/7/comments"]),
        (
            {"PULL_REQUEST": "7", "OLD": "11\n12\n"},
            ["PATCH repos/me/flows/issues/comments/12"],
        ),
        ({"PULL": "9"}, ["POST repos/me/flows/issues/9/comments"]),
        ({}, []),
    ],
)
def test_one_comment_a_flow_is_written_or_renewed(
    runner: dict[str, str], given: dict[str, str], calls: list[str]
):
    _run("drop.sh", runner)
    done = _run("comment.sh", runner | given)
    assert done.returncode == 0, done.stderr
    asked = Path(runner["CALLS"]).read_text().splitlines()
    written = [it.split("--method ")[1].split(" -F")[0] for it in asked if "--method" in it]
    assert written == calls


def test_a_report_shows_what_a_flow_says_as_text():
    text = render("flows/hello", RESULT)
    assert text.splitlines()[0] == "<!-- sluice flows/hello -->"
    assert "- `flow.dag.yaml:3` no \\`node\\` x. Add it." in text
    assert "@all" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")


def test_an_output_is_one_line_whatever_a_flow_says():
    odd: dict[str, Any] = {"outcome": "failed\njob=other", "endpoint": None}
    assert outputs(odd) == "outcome=failed job=other\nendpoint=\njob=\n"


def _run(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ACTION / script], env=environment, capture_output=True, text=True, check=False
    )
