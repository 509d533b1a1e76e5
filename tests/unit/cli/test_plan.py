import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main
from tests.unit.cli.fake_sluice import FakeSluice, served

SHOWN: dict[str, Any] = {
    "outcome": "changes",
    "endpoint": "hello",
    "deployment": "d-1",
    "digest": "44c0144dac91ffee",
    "steps": [
        {"kind": "ensure_endpoint", "title": "Create it", "writes": True, "optional": False},
        {"kind": "smoke_test", "title": "Test it", "writes": False, "optional": False},
    ],
    "differences": [
        {"what": "instance_count", "now": 1, "then": 3},
        {"what": "digest", "now": "9f2d1144dac91ffee", "then": "44c0144dac91ffee"},
        {"what": "traffic", "now": {}, "then": {"d-1": 100}},
    ],
    "quota": {"family": "f", "needed": 8, "used": 4, "freed": 0, "limit": None},
    "warnings": ["be warned"],
    "findings": [],
    "cost": {
        "now": 0,
        "during": 0.75,
        "then": None,
        "unknown": ["Standard_Z"],
        "currency": "EUR",
        "date": "2026-01-01",
        "source": "a list",
    },
}
REJECTED = SHOWN | {
    "outcome": "rejected",
    "steps": [],
    "cost": None,
    "findings": [
        {"file": "deploy.yaml", "line": 3, "cause": "c", "remedy": "r", "severity": "error"}
    ],
}


def _plan(tmp_path: Path, shown: Any, *words: str) -> tuple[int, list[tuple[str, Any]]]:
    with served(FakeSluice([], pages={"/api/plan": shown})) as fake:
        stack = tmp_path / "stack.json"
        stack.write_text(json.dumps(fake.facts))
        return main(["plan", *words, "--stack", str(stack)]), fake.posted


def test_a_local_folder_is_sent_as_a_zip_and_its_plan_printed(
    tmp_path: Path, flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, posted = _plan(tmp_path, SHOWN, str(flow))
    assert code == 0
    assert posted[0][0] == "/api/plan?blob=hello.zip"
    assert posted[0][1].startswith(b"PK")
    assert capsys.readouterr().out.splitlines() == [
        "hello: d-1, digest 44c0144dac91: 2 steps, 1 of them write",
        "  changes     instance_count: 1 -> 3",
        "  changes     digest: 9f2d1144dac9 -> 44c0144dac91",
        "  changes     traffic: none -> d-1 100 %",
        "  step  1     Create it",
        "  step  2     Test it  (only reads)",
        "  quota       f: 8 cores needed, 4 used, no limit",
        (
            "  cost        EUR an hour: 0 now, 0.75 during, unknown then; no price for Standard_Z "
            "(prices of 2026-01-01, a list)"
        ),
        "  warning     be warned",
    ]


def test_a_rejection_has_its_findings_and_the_code_of_a_rejection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, posted = _plan(tmp_path, REJECTED, "--blob", "team/hello.zip")
    assert code == 2
    assert posted[0][1] == {"source": {"blob": "team/hello.zip"}}
    assert "  error       deploy.yaml:3: c. r" in capsys.readouterr().out.splitlines()


def test_a_folder_that_cannot_be_packed_would_be_rejected_and_nothing_is_sent(
    tmp_path: Path, flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / "flow.dag.yaml").write_text("inputs: [")
    code, posted = _plan(tmp_path, SHOWN, str(flow))
    assert code == 2
    assert posted == []
    headline, finding = capsys.readouterr().out.splitlines()
    assert headline == "would be rejected"
    assert finding.startswith("  error       flow.dag.yaml:")


def test_a_missing_include_is_left_to_the_app_which_reports_it(tmp_path: Path, flow: Path) -> None:
    (flow / "flow.dag.yaml").write_text("additional_includes: [../gone.py]\n")
    code, posted = _plan(tmp_path, REJECTED, str(flow))
    assert code == 2
    assert posted[0][0] == "/api/plan?blob=hello.zip"


def test_json_prints_the_answer_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--endpoint", "hello", "--revision", "previous", "--json")
    code, posted = _plan(tmp_path, SHOWN | {"outcome": "unchanged"}, *words)
    assert code == 0
    assert posted[0][1]["source"] == {"endpoint": "hello", "revision": "previous"}
    assert json.loads(capsys.readouterr().out)["outcome"] == "unchanged"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("samples/hello", "--blob", "x.zip"),
        ("--blob", "x.zip", "--run", "y"),
        ("--revision", "current"),
        ("--blob", "x.zip", "--as", "y"),
    ],
)
def test_not_one_source_is_a_usage_error(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        _plan(tmp_path, SHOWN, *words)
    assert ended.value.code == 2
