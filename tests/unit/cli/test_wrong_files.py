"""Wrong files and arguments are reported in lines, never as a traceback."""

import io
import json
import os
import sys
from pathlib import Path
from typing import IO

import pytest

from cli import words
from cli.__main__ import main
from tests.unit.cli.fake_sluice import FakeSluice, served

DEEP = "[" * 100_000


def _stack(folder: Path, facts: object) -> list[str]:
    file = folder / "stack.json"
    file.write_text(json.dumps(facts))
    return ["--stack", str(file)]


def _dropped(flow: Path, *more: str) -> tuple[int, dict[str, bytes]]:
    with served(FakeSluice([])) as fake:
        code = main(["drop", str(flow), *more, *_stack(flow.parent, fake.facts)])
    return code, fake.dropped


def test_a_flow_file_that_is_not_utf8_is_a_finding_with_its_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / "flow.dag.yaml").write_bytes("inputs: {}\n# für\n".encode("latin-1"))
    assert main(["check", str(flow)]) == 2
    assert "flow.dag.yaml:2: error: the file is not UTF-8" in capsys.readouterr().out
    assert _dropped(flow) == (2, {})
    assert "flow.dag.yaml:2: the file is not UTF-8" in capsys.readouterr().err


def test_a_flow_file_in_utf16_is_a_finding(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (flow / "flow.dag.yaml").read_text()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        (flow / "flow.dag.yaml").write_bytes(text.encode(encoding))
        assert main(["check", str(flow)]) == 2
        told = capsys.readouterr()
        assert "flow.dag.yaml" in told.out
        assert "error: " in told.out
        assert told.err == ""


def test_a_flow_that_is_too_large_is_refused_before_it_is_packed(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (flow / "model.bin").open("wb") as file:
        file.truncate(230 * 1024 * 1024)  # it has no blocks on the disk
    assert _dropped(flow) == (2, {})
    told = capsys.readouterr().err
    assert told.startswith("sluice: model.bin: the flow's files have 241,17")
    assert "209,715,200 are allowed" in told


@pytest.mark.parametrize("include", ["a\0b", "../" + "a" * 5_000, "x/" * 3_000])
def test_an_include_with_an_impossible_name_is_reported_as_missing(
    flow: Path, capsys: pytest.CaptureFixture[str], include: str
) -> None:
    (flow / "flow.dag.yaml").write_text(json.dumps({"additional_includes": [include]}))
    assert main(["check", str(flow)]) == 2
    assert "flow.dag.yaml:1: error: the include '" in capsys.readouterr().out
    assert _dropped(flow) == (2, {})
    assert "flow.dag.yaml:1: the include '" in capsys.readouterr().err


def test_a_name_that_is_not_utf8_is_a_finding(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / os.fsdecode(b"bad\xffname")).write_text("x")
    assert main(["check", str(flow)]) == 2
    assert "bad\N{REPLACEMENT CHARACTER}name: error: the path has" in capsys.readouterr().out
    assert _dropped(flow) == (2, {})


def test_a_folder_whose_name_is_not_utf8_can_be_named(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = flow.rename(flow.parent / os.fsdecode(b"bad\xffname"))
    main(["check", str(folder)])
    assert capsys.readouterr().out.rstrip().endswith("deployed")


@pytest.mark.parametrize("command", ["check", "drop"])
@pytest.mark.parametrize("name", ["a" * 5_000, "nothing", "hello/flow.dag.yaml/x"])
def test_a_missing_path_is_reported_in_one_line(
    flow: Path, capsys: pytest.CaptureFixture[str], name: str, command: str
) -> None:
    stack = _stack(flow.parent, {"functions_url": "x"}) if command == "drop" else []
    assert main([command, str(flow.parent / name), *stack]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [("/dev/null", "is neither a folder nor a .zip"), ("no/where", "does not exist")],
)
def test_a_path_that_is_neither_folder_nor_zip_is_reported(
    capsys: pytest.CaptureFixture[str], path: str, told: str
) -> None:
    assert main(["check", path]) == 2
    assert capsys.readouterr().err == f"sluice: {path} {told}\n"


def test_an_unreadable_file_is_named(
    flow: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read(path: Path, *_: object) -> IO[bytes]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", read)
    assert main(["check", str(flow)]) == 2
    assert capsys.readouterr().err == f"sluice: {flow / 'flow.dag.yaml'}: Permission denied\n"


@pytest.mark.parametrize("question", [DEEP, "{", "", "NaN", '{"a": "\udcff"}', "9" * 5_000])
def test_a_question_that_is_not_json_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], question: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["invoke", "hello", question])
    assert ended.value.code == 2
    assert "the question is not JSON: " in capsys.readouterr().err


def test_a_question_may_be_in_a_file_or_on_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "question.json").write_text('{"a": 1}')
    assert words.question(f"@{tmp_path}/question.json") == b'{"a": 1}'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"b": 2}')))
    assert words.question("-") == b'{"b": 2}'


def test_a_question_in_a_missing_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["invoke", "hello", f"@{tmp_path}/none"]) == 2
    assert capsys.readouterr().err == f"sluice: {tmp_path}/none: No such file or directory\n"


@pytest.mark.parametrize("text", ["[]", "5", "null", DEEP, "{", "", '{"workspace": 5}', "\udcff"])
@pytest.mark.parametrize(
    "words", [["endpoints"], ["invoke", "hello", "{}"], ["drop", "samples/hello"], ["watch", "j1"]]
)
def test_an_invalid_stack_file_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: list[str]
) -> None:
    file = tmp_path / "stack.json"
    file.write_bytes(os.fsencode(text))
    assert main([*words, "--stack", str(file)]) == 2
    told = capsys.readouterr().err
    assert str(file) in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"functions_url": "no url"},
        {"functions_url": "http://[::"},
        {"function_key": "ключ"},
        {"function_key": "a\nb"},
        {"storage_connection_string": "https://"},
        {"storage_connection_string": "AccountName=a;AccountKey=%"},
    ],
)
def test_unusable_stack_addresses_are_reported_in_one_line_at_once(
    flow: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, str]
) -> None:
    with served(FakeSluice([])) as fake:
        stack = _stack(flow.parent, fake.facts | wrong)
        assert main(["drop", str(flow), *stack]) in {2, 4}
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_stack_file_without_the_proxy_is_reported_by_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {"https_proxy": "http://127.0.0.1:1", "subscription_id": "s", "resource_group": "g"}
    assert main(["invoke", "hello", "{}", *_stack(tmp_path, facts | {"workspace": "w"})]) == 2
    assert "stack.json has no 'ca_bundle'" in capsys.readouterr().err
