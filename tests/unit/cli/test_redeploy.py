import json
from pathlib import Path

import pytest

from tests.unit.cli.fake_sluice import FakeSluice, job, result, run_cli, served, step

ROUTE = "/api/endpoints/hello/redeploy"


def test_a_redeployment_is_requested_and_followed_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job(step("done"), result=result())])) as fake:
        assert run_cli(fake, tmp_path, "redeploy", "Hello") == 0
    assert fake.posted == [(ROUTE, {"revision": "current", "force": False})]
    assert "succeeded: hello" in capsys.readouterr().out


@pytest.mark.parametrize("revision", ["previous", "44c0144d"])
def test_the_revision_and_force_are_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    words = ("redeploy", "hello", "--revision", revision, "--force", "--no-wait")
    with served(FakeSluice([])) as fake:
        assert run_cli(fake, tmp_path, *words) == 0
    assert fake.posted == [(ROUTE, {"revision": revision, "force": True})]
    assert capsys.readouterr().out == "job j1\nfollow it: sluice watch j1\n"


def test_the_outcome_is_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = job(step("failed"), result=result("rolled back"))
    with served(FakeSluice([ended])) as fake:
        assert run_cli(fake, tmp_path, "redeploy", "hello", "--json") == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "rolled back"


def test_what_the_app_refuses_is_told_in_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = (400, b'{"error": "hello has no revision 44c0144d"}')
    with served(FakeSluice([], post=refused)) as fake:
        assert run_cli(fake, tmp_path, "redeploy", "hello", "--revision", "44c0144d") == 2
    assert capsys.readouterr().err == "sluice: hello has no revision 44c0144d\n"


@pytest.mark.parametrize("revision", ["", "last", "44c01", "xyz123"])
def test_an_impossible_revision_is_a_usage_error_and_nothing_is_sent(
    tmp_path: Path, revision: str
) -> None:
    with served(FakeSluice([])) as fake, pytest.raises(SystemExit) as ended:
        run_cli(fake, tmp_path, "redeploy", "hello", "--revision", revision)
    assert (ended.value.code, fake.posted) == (2, [])
