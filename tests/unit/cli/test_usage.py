"""What `sluice` itself does, before any command."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.__main__ import main
from cli.menu.menu import sluice

ROOT = Path(__file__).parents[3]
SLOW = ("pydantic", "yaml", "requests", "azure", "rich", "shared.package")


def test_help_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for command in sluice.commands:
        assert command == "show" or f"\n  {command} " in printed
    assert "3 superseded by a newer job" in " ".join(printed.split())


def test_help_imports_nothing_that_only_a_command_needs() -> None:
    asked = f"import sys, cli.__main__; print([it for it in {SLOW} if it in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=True
    )
    assert printed.stdout == b"[]\n"


def test_a_mistyped_option_is_refused_and_the_right_one_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["drop", "samples/hello", "--stak", "x"])
    assert ended.value.code == 2
    assert "--stack" in capsys.readouterr().err


def test_a_question_may_be_a_negative_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "stack.json"
    assert main(["invoke", "hello", "-5", "--stack", str(missing)]) == 2
    assert capsys.readouterr().err == f"sluice: {missing}: No such file or directory\n"
