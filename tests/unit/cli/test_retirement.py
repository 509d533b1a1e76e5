"""`sluice retirement`, against a server that answers as Sluice does."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.fake_sluice import FakeSluice, run_cli, served

HIT: dict[str, Any] = {
    "endpoint": "hello",
    "deployment": "d1",
    "traffic": 100,
    "runs": "retired image",
    "image": "mcr.example/runtime:latest",
    "environment": "/environments/e/versions/1",
    "owner": "ann",
    "made_by_sluice": False,
    "remedy": "Give its environment another base image",
}
FOUND = {"retires_on": "2027-04-20", "days_left": 143, "checked": 3, "deployments": [HIT]}


def _run(found: dict[str, Any], tmp_path: Path, *options: str) -> int:
    with served(FakeSluice([], pages={"/api/retirement": found})) as fake:
        return run_cli(fake, tmp_path, "retirement", *options)


def test_each_deployment_is_printed_with_owner_image_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(FOUND, tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 of 3 deployments run what is retired on 2027-04-20, in 143 days",
        "",
        "hello/d1  100 %  owner ann  (not made by Sluice)",
        "  runs    retired image: mcr.example/runtime:latest",
        "  to do   Give its environment another base image",
    ]


def test_json_is_what_the_app_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(FOUND, tmp_path, "--json") == 0
    assert json.loads(capsys.readouterr().out) == FOUND


def test_an_answer_of_another_shape_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run({"deployments": []}, tmp_path) != 0
    assert "retires_on is missing" in capsys.readouterr().err
