"""`sluice jobs`, `job`, `logs`, and jobs that are named by their first digits."""

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.cli.fake_sluice import LISTED, FakeSluice, job, result, run_cli, served, step

ID = "3f2a9c0d41e7b6a85d20"
OTHER = "3f2a9c9941e7b6a85d20"
LIST: dict[str, Any] = {
    "jobs": [LISTED | {"job": ID, "state": "failed"}, LISTED | {"job": OTHER, "endpoint": ""}],
    "before": None,
}
PERSON = step("waiting", "An administrator must run: az role x", "Grant") | {"person": True}


def test_jobs_are_listed_in_columns_with_the_way_to_earlier_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages={"/api/jobs": LIST | {"before": "t1"}})) as fake:
        words = ("jobs", "--state", "failed", "--endpoint", "hello")
        assert run_cli(fake, tmp_path, *words) == 0
    assert fake.asked == [{"state": ["failed"], "endpoint": ["hello"]}]
    assert capsys.readouterr().out.splitlines() == [
        "JOB                   STATE    ENDPOINT  ACCEPTED              SOURCE",
        f"{ID}  failed   hello     2026-01-01T10:00:00Z  hello.zip",
        f"{OTHER}  running  -         2026-01-01T10:00:00Z  hello.zip",
        "earlier ones: sluice jobs --state failed --endpoint hello --before t1",
    ]


def test_jobs_as_json_are_the_answer_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages={"/api/jobs": LIST})) as fake:
        assert run_cli(fake, tmp_path, "jobs", "--json") == 0
    assert json.loads(capsys.readouterr().out) == LIST


def test_a_job_is_found_by_its_first_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = job(step("done"), result=result()) | {"job": ID}
    with served(FakeSluice([], pages={"/api/jobs": LIST, f"/api/jobs/{ID}": ended})) as fake:
        assert run_cli(fake, tmp_path, "watch", ID[:8]) == 0
        assert run_cli(fake, tmp_path, "cancel", ID[:8], "--no-wait") == 0
        assert run_cli(fake, tmp_path, "job", ID[:6]) == 2
    assert [path for path, _ in fake.posted] == [f"/api/jobs/{ID}/cancel"]
    assert f"several jobs begin with {ID[:6]}: {ID}, {OTHER}" in capsys.readouterr().err


def test_a_mistyped_job_is_proposed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(FakeSluice([], pages={"/api/jobs": LIST})) as fake:
        assert run_cli(fake, tmp_path, "job", f"{ID[:-1]}1") == 2
    assert f"did you mean {ID}?" in capsys.readouterr().err


def test_a_running_job_is_shown_with_its_place_and_what_a_person_must_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phase = {"text": "Granting roles", "usual": "seconds; up to 20 minutes", "note": ""}
    shown = job(step("done"), PERSON, step("pending")) | {"phase": phase, "source": "hello.zip"}
    with served(FakeSluice([shown])) as fake:
        assert run_cli(fake, tmp_path, "job", "j1") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "job j1: running"
    assert "  + Endpoint hello  2.0 s" in printed
    assert "      An administrator must run: az role x" in printed
    assert any(line.startswith("  step 2 of 3, ") for line in printed)
    assert not any("usually" in line for line in printed), "nothing is usual of a person"
    assert printed[-1] == "  follow it   sluice watch j1"


def test_an_ended_job_is_shown_with_its_result_and_its_total_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decided = [{"kind": "approve", "by": "ann", "at": "2026-01-01T10:00:01Z", "reason": ""}]
    ended = job(step("done"), result=result()) | {"state": "succeeded", "decisions": decided}
    with served(FakeSluice([ended])) as fake:
        assert run_cli(fake, tmp_path, "job", "j1") == 0
    printed = capsys.readouterr().out.splitlines()
    assert "  approve     by ann, 2026-01-01T10:00:01Z" in printed
    assert "  step 1 of 1, 3.0 s" in printed
    assert "succeeded: hello, after 3.0 s" in printed


def test_a_local_stack_names_neither_az_nor_the_portal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    links = {"studio": "https://ml.example/hello"}
    with served(FakeSluice([job(result=result(links=links))])) as fake:
        assert run_cli(fake, tmp_path, "watch", "j1") == 0
    printed = capsys.readouterr().out
    assert "az ml" not in printed
    assert "ml.example" not in printed
    assert "sluice invoke hello" in printed


def test_the_log_of_a_failed_job_is_printed_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = job(result=result("failed", diagnosis={"cause": "c", "log": "one\ntwo\n"}))
    with served(FakeSluice([failed])) as fake:
        assert run_cli(fake, tmp_path, "logs", "j1") == 0
    assert capsys.readouterr().out == "one\ntwo\n"


@pytest.mark.parametrize(
    ("shown", "why"),
    [(job(step("running")), "it has not ended"), (job(result=result()), "no container's log")],
)
def test_a_job_without_a_log_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shown: dict[str, Any], why: str
) -> None:
    with served(FakeSluice([shown | {"job": "j1"}])) as fake:
        assert run_cli(fake, tmp_path, "logs", "j1") == 1
    assert why in capsys.readouterr().err


def test_why_a_job_is_rejected_is_printed_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = {"file": "a.yaml", "line": 3, "cause": "it is wrong", "remedy": "Mend it"}
    said = result("rejected", findings=[finding | {"severity": "error"}])
    with served(FakeSluice([job(step("rejected", "a.yaml:3: it is wrong"), result=said)])) as fake:
        assert run_cli(fake, tmp_path, "watch", "j1") == 2
    assert capsys.readouterr().out.count("it is wrong") == 1


def test_ctrl_c_says_that_the_job_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    clock = SimpleNamespace(sleep=interrupted, monotonic=time.monotonic)
    monkeypatch.setattr("cli.follow.time", clock)  # of this module alone: other threads sleep too
    with served(FakeSluice([job(step("running"))])) as fake:
        assert run_cli(fake, tmp_path, "watch", "j1") == 130
    assert "job j1 goes on without you; watch it: sluice watch j1" in capsys.readouterr().err
