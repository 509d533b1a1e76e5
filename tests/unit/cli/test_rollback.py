from pathlib import Path

import pytest

from tests.unit.cli.fake_sluice import FakeSluice, job, result, run_cli, served, step


def test_a_rollback_is_followed_and_says_that_the_endpoint_is_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job(step("done"), result=result())])) as fake:
        assert run_cli(fake, tmp_path, "rollback", "hello", "--reason", "it answers nonsense") == 0

    assert fake.posted == [("/api/endpoints/hello/rollback", {"reason": "it answers nonsense"})]
    printed = capsys.readouterr()
    assert printed.out.startswith("job j1\n")
    assert "succeeded: hello" in printed.out
    assert printed.err.strip().endswith("until you run sluice resume hello")


def test_a_refused_rollback_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = (400, b'{"error": "endpoint hello: Nothing else has served there"}')
    with served(FakeSluice([], post=refused)) as fake:
        assert run_cli(fake, tmp_path, "rollback", "hello") == 2

    assert capsys.readouterr().err == "sluice: endpoint hello: Nothing else has served there\n"


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        ('{"endpoint": "hello", "job": "j9"}', "job j9 goes on: sluice watch j9"),
        ('{"endpoint": "hello", "job": null}', "no job waits"),
    ],
)
def test_resume_names_the_job_that_waited(
    answer: str, printed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], post=(200, answer.encode()))) as fake:
        assert run_cli(fake, tmp_path, "resume", "hello") == 0

    assert printed in capsys.readouterr().out


def test_a_reason_of_two_lines_is_a_usage_error(tmp_path: Path) -> None:
    with served(FakeSluice([])) as fake, pytest.raises(SystemExit):
        run_cli(fake, tmp_path, "rollback", "hello", "--reason", "one\ntwo")

    assert fake.posted == []
