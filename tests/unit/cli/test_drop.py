import io
import json
import zipfile
from pathlib import Path

import pytest

from cli.__main__ import main
from tests.unit.cli.fake_sluice import FakeSluice, job, result, served, step


def dropped(fake: FakeSluice, flow: Path, *more: str) -> int:
    stack = flow.parent / "stack.json"
    stack.write_text(json.dumps(fake.facts))
    return main(["drop", str(flow), "--stack", str(stack), *more])


def test_a_dropped_folder_is_followed_to_its_end(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [job(step("running")), job(step("done")), job(step("done"), result=result())]
    with served(FakeSluice(list(answers))) as fake:
        assert dropped(fake, flow) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("dropped hello.zip")
    assert told[1] == "job j1"
    assert any(line.startswith("  > Endpoint hello") for line in told)
    assert "  + Endpoint hello  2.0 s" in told
    assert "succeeded: hello, after 3.0 s" in told
    assert "  scoring     https://hello.example/score" in told
    assert """  try         sluice invoke hello '{"name": "it'\\''s"}'""" in told
    packed = zipfile.ZipFile(io.BytesIO(fake.dropped["hello.zip"]))
    assert packed.namelist() == ["flow.dag.yaml", "greet.py"]
    assert fake.asked[-1] == {"blob": ["hello.zip"], "etag": ["0x1"]}


def test_a_folder_may_be_dropped_under_another_name(flow: Path) -> None:
    with served(FakeSluice([job(result=result())])) as fake:
        dropped(fake, flow, "--as", "team/other")
    assert list(fake.dropped) == ["team/other.zip"]


def test_no_wait_returns_when_the_job_is_accepted(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job(step("running"))])) as fake:
        assert dropped(fake, flow, "--no-wait") == 0
    assert "follow it: sluice watch j1" in capsys.readouterr().out


def test_json_prints_the_result_and_nothing_else(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job(step("running")), job(result=result())])) as fake:
        assert dropped(fake, flow, "--json") == 0
    assert json.loads(capsys.readouterr().out) == result()["data"]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("unchanged", 0), ("failed", 1), ("rolled back", 1), ("rejected", 2), ("superseded", 3)],
)
def test_the_exit_code_depends_on_the_outcome(flow: Path, outcome: str, code: int) -> None:
    with served(FakeSluice([job(result=result(outcome))])) as fake:
        assert dropped(fake, flow) == code


def test_a_waiting_step_shows_the_administrators_command(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = "az role assignment create --role Reader --scope /subscriptions/1"
    answers = [job(step("waiting", command)), job(step("done"), result=result())]
    with served(FakeSluice(list(answers))) as fake:
        dropped(fake, flow)
    assert f"      {command}" in capsys.readouterr().out.splitlines()


def test_watching_survives_a_restart_of_the_app(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([503, 503, job(result=result())])) as fake:
        assert dropped(fake, flow) == 0
    assert capsys.readouterr().err.count("trying again") == 1


def test_a_failure_shows_cause_and_remedy(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diagnosis = {"cause": "There is no quota", "remedy": "Ask for quota", "log": "one\ntwo"}
    with served(FakeSluice([job(result=result("failed", diagnosis=diagnosis))])) as fake:
        dropped(fake, flow)
    told = capsys.readouterr().out
    assert "  cause       There is no quota" in told
    assert "  remedy      Ask for quota" in told
    assert "    two" in told


def test_a_rejection_lists_every_finding_with_file_and_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = {
        "file": "flow.dag.yaml",
        "line": 3,
        "cause": "no",
        "remedy": "Do",
        "severity": "error",
    }
    with served(FakeSluice([job(result=result("rejected", findings=[finding]))])) as fake:
        assert dropped(fake, flow) == 2
    assert "  error  flow.dag.yaml:3: no. Do" in capsys.readouterr().out


def test_a_wrong_function_key_is_one_clear_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job()])) as fake:
        stack = flow.parent / "stack.json"
        stack.write_text(json.dumps(fake.facts | {"function_key": "wrong"}))
        assert main(["drop", str(flow), "--stack", str(stack)]) == 4
    assert capsys.readouterr().err == f"sluice: {fake.url} refuses the function key of {stack}\n"


def test_storage_that_does_not_answer_is_one_clear_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeSluice([job()], url="http://127.0.0.1:1")
    assert dropped(fake, flow) == 4
    told = capsys.readouterr().err
    assert told.startswith("sluice: storage does not answer")
    assert told.count("\n") == 1


def test_an_unknown_job_cannot_be_watched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job()])) as fake:
        (tmp_path / "stack.json").write_text(json.dumps(fake.facts))
        assert main(["watch", "nobody", "--stack", str(tmp_path / "stack.json")]) == 2
    told = capsys.readouterr().err
    assert told == "sluice: there is no job nobody; `sluice jobs` lists the newest\n"


def test_a_flow_with_a_missing_include_is_not_dropped(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / "flow.dag.yaml").write_text("additional_includes: [../gone.py]\n")
    with served(FakeSluice([job()])) as fake:
        assert dropped(fake, flow) == 2
    assert fake.dropped == {}
    told = "sluice: flow.dag.yaml:1: the include '../gone.py' is not in the package. Copy it in as"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a" * 33, "a_b"])
def test_a_folder_whose_name_cannot_name_an_endpoint_is_not_dropped(
    flow: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    named = flow.rename(flow.parent / name)
    with served(FakeSluice([job()])) as fake:
        assert dropped(fake, named) == 2
    assert fake.dropped == {}
    told = capsys.readouterr().err
    assert f"'{name}' cannot name an endpoint" in told
    assert "or drop it with --as NAME" in told


def test_a_name_that_only_a_suffix_of_the_policy_makes_long_enough_is_a_warning(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = flow.rename(flow.parent / "ab")
    with served(FakeSluice([job(result=result())])) as fake:
        assert dropped(fake, named) == 0
    told = capsys.readouterr().err
    assert "sluice: ab.zip: 'ab' cannot name an endpoint" in told
    assert "or drop it with --as NAME" in told


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("deploy.yaml", "deployment: {environment: 'file:no.yaml'}\n", "'no.yaml' is not in it"),
        ("deploy.yaml", "endpoint: {nme: x}\n", "'endpoint.nme'"),
        ("requirements.txt", "-r gone.txt\n", "'gone.txt' is not in the package"),
        ("greet.py", "def (", "greet.py:1: "),
    ],
)
def test_what_check_refuses_is_not_dropped_at_all(
    flow: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, told: str
) -> None:
    (flow / file).write_text(text)
    with served(FakeSluice([job()])) as fake:
        assert dropped(fake, flow) == 2
    assert fake.dropped == {}
    assert told in capsys.readouterr().err


def test_the_name_that_counts_is_the_one_that_it_is_dropped_as(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([job(result=result())])) as fake:
        assert dropped(fake, flow, "--as", "team/my_flow") == 2
        assert fake.dropped == {}
        assert "team/my_flow.zip: 'my_flow' cannot name an endpoint" in capsys.readouterr().err
        assert dropped(fake, flow.rename(flow.parent / "my_flow"), "--as", "team/hello") == 0


def test_a_forced_drop_is_uploaded_and_asked_for_with_force(flow: Path) -> None:
    with served(FakeSluice([job(result=result())])) as fake:
        assert dropped(fake, flow, "--force") == 0
    assert list(fake.dropped) == ["hello.zip"]
    asked = {"source": {"blob": "hello.zip"}, "force": True}
    assert fake.posted == [("/api/deployments", asked)]
