"""Whatever a wrong server answers, the command line reports it in one line."""

from pathlib import Path
from typing import Any

import pytest

from cli.answers import JOB
from cli.shapes import find_mismatch
from tests.unit.cli.fake_sluice import FakeSluice, run_cli, served
from tests.unit.cli.test_endpoints import SHOWN

PAGE = "<!doctype html><title>Sign in</title>"
ANSWERS: list[Any] = [[], {}, 5, None, "x", [{}], {"endpoints": {}}, {"endpoints": [5]}, PAGE]


@pytest.mark.parametrize("answer", [*ANSWERS, {"endpoints": [SHOWN | {"traffic": []}]}])
@pytest.mark.parametrize("words", [["endpoints"], ["show", "hello"], ["delete", "hello", "--yes"]])
def test_an_answer_of_the_wrong_shape_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], answer: Any
) -> None:
    pages = {"/api/endpoints": answer, "/api/endpoints/hello": answer}
    with served(FakeSluice([], pages=pages)) as fake:
        assert run_cli(fake, tmp_path, *words) == 4
    assert fake.deleted == []
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 1
    assert "unexpected answer from http://" in printed[0]


@pytest.mark.parametrize(
    "answer",
    [
        *ANSWERS,
        {"steps": {}},
        {"steps": [5]},
        {"steps": [{"title": "x"}]},
        {"steps": [], "result": 5},
        {"steps": [], "result": {"data": []}},
        {"steps": [], "result": {"data": {"endpoint": "x"}}},
        {"steps": [], "phase": []},
        {"steps": [{"title": "x", "state": "done", "started": 5}]},
        {"steps": [{"title": "x", "state": "done", "started": "soon"}]},
    ],
)
def test_a_job_of_the_wrong_shape_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: Any
) -> None:
    with served(FakeSluice([], pages={"/api/jobs/j1": answer})) as fake:
        assert run_cli(fake, tmp_path, "watch", "j1") == 4
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 1
    assert "unexpected answer from http://" in printed[0]


def test_the_field_of_the_wrong_shape_is_named() -> None:
    step = {"title": "Endpoint", "state": 5}
    assert find_mismatch({"job": "j1", "steps": [step]}, JOB) == "steps.0.state is 5"
    assert find_mismatch({"job": "j1"}, JOB) == "steps is missing"
    assert find_mismatch([], JOB) == "it is a list"
