import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.fake_sluice import FakeSluice, run_cli, served


def _metric(name: str, value: float, unit: str = "Count", **dimensions: str) -> dict[str, Any]:
    figures = [{"dimensions": dimensions, "value": value}]
    return {"name": name, "unit": unit, "summing": "Total", "figures": figures}


SHOWN: dict[str, Any] = {
    "endpoint": "hello",
    "since": "2026-01-01T10:00:00.000000Z",
    "until": "2026-01-01T11:00:00.000000Z",
    "monitor": {
        "endpoint": [_metric("RequestsPerMinute", 1234.5, statusCode="200", modelStatusCode="")],
        "deployments": {"blue": [_metric("CpuUtilization", 7, "Percent")]},
    },
    "flow": {"metrics": [_metric("token_consumption", 2_000_000)]},
    "notes": ["Azure Monitor is some minutes behind"],
}


def _run(fake: FakeSluice, folder: Path, *words: str) -> int:
    with served(fake):
        return run_cli(fake, folder, "metrics", "hello", *words)


def test_each_figure_is_a_line_with_whose_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeSluice([], pages={"/api/endpoints/hello/metrics": SHOWN})
    assert _run(fake, tmp_path) == 0
    first, *figures, note = capsys.readouterr().out.splitlines()
    assert first == "hello: 2026-01-01T10:00:00Z to 2026-01-01T11:00:00Z"
    assert [it.split() for it in figures] == [
        ["hello", "RequestsPerMinute", "1,234.5", "Count", "(Total)", "statusCode=200"],
        ["blue", "CpuUtilization", "7", "Percent", "(Total)"],
        ["the", "flow", "token_consumption", "2e+06", "Count", "(Total)"],
    ]
    assert note == "  note        Azure Monitor is some minutes behind"


def test_without_figures_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = {"monitor": {"endpoint": [], "deployments": {}}, "flow": {"metrics": []}}
    fake = FakeSluice([], pages={"/api/endpoints/hello/metrics": SHOWN | empty})
    assert _run(fake, tmp_path) == 0
    assert "  no figures in this time" in capsys.readouterr().out.splitlines()


def test_json_is_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = FakeSluice([], pages={"/api/endpoints/hello/metrics": SHOWN})
    assert _run(fake, tmp_path, "--json") == 0
    assert json.loads(capsys.readouterr().out) == SHOWN


def test_the_minutes_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = list[str]()
    answer = FakeSluice.answer

    def noted(fake: FakeSluice, path: str) -> tuple[int, Any]:
        paths.append(path)
        return answer(fake, path)

    monkeypatch.setattr(FakeSluice, "answer", noted)
    fake = FakeSluice([], pages={"/api/endpoints/hello/metrics": SHOWN})
    assert _run(fake, tmp_path, "--minutes", "5") == 0
    assert _run(fake, tmp_path) == 0
    assert [it.partition("?")[2] for it in paths] == ["minutes=5", "minutes=60"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("minutes", ["0", "-5", "43201", "an hour"])
def test_impossible_minutes_are_a_usage_error(tmp_path: Path, minutes: str) -> None:
    with pytest.raises(SystemExit) as ended:
        _run(FakeSluice([]), tmp_path, "--minutes", minutes)
    assert ended.value.code == 2
