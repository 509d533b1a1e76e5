"""What is printed: aligned, wrapped at words and coloured in a terminal, plain elsewhere."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.text import print_lines, table

ROOT = Path(__file__).parents[3]
LONG = "  remedy      " + "words that are told to somebody " * 6
COMMAND = "  missing     AcrPull: az role assignment create --scope " + "x" * 200


class Window(io.StringIO):
    def isatty(self) -> bool:
        return True


def _printed(line: str, monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name, value in ({"COLUMNS": "60", "TERM": "xterm", "NO_COLOR": ""} | environment).items():
        monkeypatch.setenv(name, value)
    window = Window()
    print_lines([line], window)
    return window.getvalue()


def test_a_long_line_is_wrapped_at_words_below_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _printed(LONG, monkeypatch).splitlines()
    assert all(len(row) <= 60 for row in rows)
    assert " ".join(" ".join(rows).split()) == " ".join(LONG.split())
    assert all(row.startswith(" " * 14) for row in rows[1:])


def test_a_command_to_copy_stays_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _printed(COMMAND, monkeypatch, NO_COLOR="1") == f"{COMMAND}\n"


def test_the_word_of_the_state_is_coloured_unless_no_color_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _printed("failed: hello", monkeypatch) == "\x1b[31mfailed\x1b[0m: hello\n"
    assert _printed("failed: hello", monkeypatch, NO_COLOR="1") == "failed: hello\n"
    assert _printed("failed: hello", monkeypatch, TERM="dumb") == "failed: hello\n"


def test_what_is_not_a_terminal_gets_plain_lines() -> None:
    out = io.StringIO()
    print_lines([LONG, "failed: hello"], out)
    assert out.getvalue() == f"{LONG}\nfailed: hello\n"


def test_columns_are_aligned() -> None:
    assert list(table([("a", "bb", ""), ("ccc", "d", "")])) == ["a    bb", "ccc  d"]


def test_a_reader_that_has_read_enough_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "cli", "--help"],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")
