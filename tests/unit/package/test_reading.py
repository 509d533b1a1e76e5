import json
from pathlib import Path

import pytest

from shared.package import limits, read

FLOW = "nodes:\n- {name: a, type: python, source: {type: code, path: a.py}}\n"
TOOL = "from promptflow.core import tool\n@tool\ndef a(): ...\n"


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A flow of one python node."""
    (tmp_path / "flow.dag.yaml").write_text(FLOW)
    (tmp_path / "a.py").write_text(TOOL)
    return tmp_path


def test_reading_twice_gives_the_same(flow: Path) -> None:
    assert read(flow) == read(flow)
    assert read(flow).findings == ()


def test_a_byte_order_mark_is_accepted(flow: Path) -> None:
    (flow / "flow.dag.yaml").write_bytes(b"\xef\xbb\xbf" + FLOW.encode())
    assert read(flow).findings == ()


def test_text_that_is_not_utf_8_is_reported_with_its_line(flow: Path) -> None:
    (flow / "flow.dag.yaml").write_bytes(FLOW.encode() + b"# caf\xe9\n")
    assert str(read(flow).errors[0]) == "flow.dag.yaml:3: the file is not UTF-8. Save it as UTF-8"
    (flow / "flow.dag.yaml").write_text(FLOW)
    (flow / "a.py").write_bytes(b"\n# caf\xe9\n")
    assert [(each.file, each.line) for each in read(flow).errors] == [("a.py", 2)]


def test_a_source_too_large_to_check_is_an_error(flow: Path) -> None:
    (flow / "a.py").write_text(TOOL + "#" * limits.MAX_TEXT)
    assert "too large to be checked" in read(flow).errors[0].cause


def test_sources_too_large_together_are_an_error(
    flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_READ", 10)
    assert "sources together are over" in read(flow).errors[0].cause


def test_a_large_file_that_is_not_read_is_accepted(flow: Path) -> None:
    (flow / "data.csv").write_text("x" * (2 * limits.MAX_TEXT))
    assert read(flow).findings == ()


@pytest.mark.parametrize("text", ["system:\nhello", "---\nmodel: [\n---\n", "---\na: 1\n"])
def test_a_prompty_that_cannot_be_read_is_a_warning(flow: Path, text: str) -> None:
    (flow / "chat.prompty").write_text(text)
    findings = read(flow).findings
    assert [(each.file, each.severity) for each in findings] == [("chat.prompty", "warning")]


def test_a_python_file_that_is_not_text_is_a_warning(flow: Path) -> None:
    (flow / "old.py").write_bytes(b"\xff\xfe\0")
    assert [each.severity for each in read(flow).findings] == ["warning"]


def test_a_folder_with_a_link_is_not_read_at_all(flow: Path) -> None:
    (flow / "passwd").symlink_to("/etc/passwd")
    reading = read(flow)
    assert reading.content is None
    assert reading.digest == ""
    assert len(reading.errors) == 1


def test_a_manifest_that_is_a_link_is_not_read(flow: Path) -> None:
    (flow / "deploy.yaml").symlink_to("/etc/hostname")
    assert [each.file for each in read(flow).errors] == ["deploy.yaml"]


def test_files_that_are_not_kept_do_not_count(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILES", 3)
    (flow / ".gitignore").write_text("cache/\n")
    (flow / "cache").mkdir()
    for number in range(5):
        (flow / "cache" / f"{number}").write_text("")
    assert read(flow).findings == ()


def test_findings_are_in_the_order_of_files_and_lines(flow: Path) -> None:
    (flow / "deploy.yaml").write_text("b: 1\na: 1\n")
    (flow / "flow.dag.yaml").write_text("outputs: {x: {type: y}}\n" + FLOW)
    places = [(each.file, each.line) for each in read(flow).findings]
    assert places == sorted(places)
    assert len(places) == 4


def test_a_schema_too_expensive_to_check_is_refused(flow: Path) -> None:
    schema: dict[str, object] = {}
    for _ in range(limits.MAX_YAML_DEPTH // 2):
        schema = {"not": schema}
    (flow / "deploy.yaml").write_text(
        json.dumps({"smoke_test": {"expect": {"json_schema": schema}}})
    )
    assert "values or 20 levels" in read(flow).errors[0].cause
    wide = {"enum": list(range(2_000))}
    said = {"smoke_test": {"expect": {"json_schema": wide}}}
    (flow / "deploy.yaml").write_text(json.dumps(said))
    assert "it has more than 2000 values" in read(flow).errors[0].cause
    (flow / "deploy.yaml").write_text("smoke_test: {expect: {json_schema: {uniqueItems: true}}}")
    assert "'uniqueItems' is not supported" in read(flow).errors[0].cause


def test_very_long_names_get_no_suggestion(flow: Path) -> None:
    name = "a" * 200
    (flow / "flow.dag.yaml").write_text(
        FLOW.replace("name: a", f"name: {name}")
        + f"outputs: {{o: {{reference: '${{{name}b.output}}'}}}}"
    )
    (finding,) = read(flow).errors
    assert "Did you mean" not in finding.remedy
