import json
from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.target import find_target


def test_a_stack_is_found_from_a_subfolder(tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text(json.dumps({"workspace": "here"}))
    (tmp_path / "samples" / "hello").mkdir(parents=True)
    assert find_target(None, {}, tmp_path / "samples" / "hello")["workspace"] == "here"


def test_the_environment_has_precedence_over_a_running_stack(tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text(json.dumps({"functions_url": "local"}))
    environment = {"SLUICE_FUNCTIONS_URL": "https://sluice.example", "SLUICE_STORAGE": "https://a"}
    target = find_target(None, environment, tmp_path)
    assert target["functions_url"] == "https://sluice.example"
    assert target["flows_container"] == "flows"
    assert not target.local


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    target = find_target(None, {"SLUICE_FUNCTIONS_URL": "https://sluice.example"}, tmp_path)
    with pytest.raises(CommandError, match="SLUICE_STORAGE is not set"):
        target["storage_connection_string"]


def test_without_a_stack_the_error_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="`sluice up` starts one") as wrong:
        find_target(None, {}, tmp_path)
    assert wrong.value.exit_code == 4
