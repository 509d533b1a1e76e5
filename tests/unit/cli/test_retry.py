from pathlib import Path

import pytest

from tests.unit.cli.fake_sluice import FakeSluice, job, result, run_cli, served, step


def test_a_job_that_is_tried_again_is_followed_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = job(step("done"), result=result("succeeded"))
    with served(FakeSluice([ended])) as fake:
        assert run_cli(fake, tmp_path, "retry", "j0") == 0

    assert [path for path, _ in fake.posted] == ["/api/jobs/j0/retry"]
    printed = capsys.readouterr()
    assert "job j1 tries job j0 again" in printed.err
    assert "succeeded: hello" in printed.out
