from pathlib import Path

import pytest

from tests.unit.cli.fake_sluice import FakeSluice, job, result, run_cli, served, step

DECISION = {
    "kind": "cancel",
    "by": "ann@example.org",
    "at": "2026-01-01T00:00:00Z",
    "reason": "wrong file",
    "effect": "nothing was changed",
}


def test_a_canceled_job_is_followed_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = job(step("failed"), result=result("canceled", decision=DECISION))
    with served(FakeSluice([ended])) as fake:
        assert run_cli(fake, tmp_path, "cancel", "j1", "--reason", "wrong file") == 3

    assert fake.posted == [("/api/jobs/j1/cancel", {"reason": "wrong file"})]
    printed = capsys.readouterr().out
    assert "canceled: hello" in printed
    assert "cancel      by ann@example.org (wrong file)" in printed
    assert "effect      nothing was changed" in printed


def test_without_waiting_the_command_ends_when_the_decision_is_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([])) as fake:
        assert run_cli(fake, tmp_path, "cancel", "j1", "--no-wait") == 0

    assert "cancel is recorded" in capsys.readouterr().err


@pytest.mark.parametrize("status", [404, 409])
def test_a_refused_decision_is_one_line(
    status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = (status, b'{"error": "Job j1 has already ended: succeeded"}')
    with served(FakeSluice([], post=refused)) as fake:
        assert run_cli(fake, tmp_path, "cancel", "j1") == 2

    assert capsys.readouterr().err == "sluice: Job j1 has already ended: succeeded\n"
