from pathlib import Path

import pytest

from cli.__main__ import main
from tests.unit.cli.flow_texts import GOOD


def test_a_sound_flow_can_be_deployed(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(flow)]) == 0
    assert capsys.readouterr().out.endswith(f"{flow}: can be deployed\n")


def test_every_fault_is_printed_like_a_compiler_error(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / "flow.dag.yaml").write_text(GOOD.replace("${inputs.name}", "${inputs.nme}"))
    (flow / "greet.py").unlink()
    assert main(["check", str(flow)]) == 2
    told = capsys.readouterr().out
    assert f"{flow / 'flow.dag.yaml'}:9: error: node 'greet' refers to" in told
    assert "greet.py" in told
    assert told.endswith(f"{flow}: cannot be deployed\n")


def test_what_an_ignore_file_leaves_out_is_told_with_its_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / ".gitignore").write_text("\ngreet.py\n")
    assert main(["check", str(flow)]) == 2
    assert "node 'greet': 'greet.py' is left out by .gitignore:2" in capsys.readouterr().out


def test_a_link_is_refused_by_name(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (flow / "passwd").symlink_to("/etc/passwd")
    assert main(["check", str(flow)]) == 2
    assert "passwd: error:" in capsys.readouterr().out


def test_a_damaged_zip_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.zip").write_bytes(b"PK")
    assert main(["check", str(tmp_path / "flow.zip")]) == 2
    assert "flow.zip: error: not a zip archive" in capsys.readouterr().out


def test_a_missing_include_is_reported_with_all_other_faults(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = GOOD.replace("${inputs.name}", "${inputs.nme}") + "additional_includes: [../gone.py]\n"
    (flow / "flow.dag.yaml").write_text(said)
    assert main(["check", str(flow)]) == 2
    told = capsys.readouterr().out
    assert ":10: error: the include '../gone.py'" in told
    assert ":9: error: node 'greet' refers to" in told


def test_a_name_that_no_endpoint_can_have_is_told_as_the_job_tells_it(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = flow.rename(flow.parent / "my_flow")
    assert main(["check", str(folder)]) == 2
    told = capsys.readouterr().out
    assert "my_flow.zip: error: 'my_flow' cannot name an endpoint" in told
    assert "or set endpoint.name in deploy.yaml" in told
    (folder / "deploy.yaml").write_text("endpoint: {name: mine}\n")
    assert main(["check", str(folder)]) == 0


def test_a_name_that_a_suffix_of_the_policy_may_complete_is_a_warning(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(flow.rename(flow.parent / "qa"))]) == 0
    assert "qa.zip: warning: 'qa' cannot name an endpoint" in capsys.readouterr().out


def test_capitals_are_told_as_the_job_tells_them(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(flow.rename(flow.parent / "Casey"))]) == 0
    told = capsys.readouterr().out
    assert "Casey.zip: warning: 'Casey' is deployed to endpoint 'casey'" in told
