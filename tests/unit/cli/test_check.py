from pathlib import Path

import pytest

from cli.__main__ import main

GOOD = """\
inputs:
  name: {type: string, default: you}
outputs:
  answer: {type: string, reference: "${greet.output}"}
nodes:
- name: greet
  type: python
  source: {type: code, path: greet.py}
  inputs: {name: "${inputs.name}"}
"""
TOOL = "from promptflow.core import tool\n\n@tool\ndef greet(name: str) -> str:\n    return name\n"


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "flow.dag.yaml").write_text(GOOD)
    (folder / "greet.py").write_text(TOOL)
    return folder


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
