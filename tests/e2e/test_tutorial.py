"""The tutorial, followed word for word: each command runs, and prints what the page shows.

It runs in a folder that looks like the checkout, so that its stack and its copies are its own.
"""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from local.places import ROOT
from tests.e2e.client import wait

PAGE = ROOT / "docs" / "tutorial" / "first-flow.md"
SECONDS = 600
REFUSED = 2
"""The exit code of a package that is rejected."""


def steps() -> list[tuple[str, str, str]]:
    """Section, commands, and what the page shows of their output, in order."""
    found = []
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        blocks = re.findall(r"```(sh)?\n(.*?)```", section, re.DOTALL)
        for (kind, text), (next_kind, shown) in pairwise([*blocks, ("sh", "")]):
            if kind == "sh":
                found.append((section.splitlines()[0], text, shown if next_kind != "sh" else ""))
    return found


def alike(line: str) -> str:
    """The line without what differs each time: ids, hashes, times, sizes."""
    short = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", "ID", " ".join(line.split()))
    return re.sub(r"(\d+ min )?\d+(\.\d+)? (s|KB)\b", r"N \3", short)


def free_ports() -> int:
    """The first of ten ports that nobody listens on, below those that the system gives away."""
    for base in range(21_000 + os.getpid() % 500 * 10, 31_000, 10):
        try:
            for port in range(base, base + 10):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return base
    raise AssertionError("there are no ten free ports in a row")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with links to all that a checkout has; its local state is its own."""
    folder = tmp_path / "sluice"
    folder.mkdir()
    for each in ROOT.iterdir():
        if each.name not in {".local", ".git"}:
            (folder / each.name).symlink_to(each)
    (folder / ".local").mkdir()
    return folder


@pytest.fixture
def shell(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """The second terminal, with the stack of `make up` running in the first."""
    environment = os.environ | {
        "SLUICE_LOCAL_STATE": str(checkout / ".local"),
        "SLUICE_LOCAL_PORT_BASE": str(free_ports()),
        "PYTHON": sys.executable,
    }
    (_, first, _), *_ = steps()
    log = checkout / "up.log"
    with log.open("w") as out:
        up = subprocess.Popen(
            ["sh", "-c", f"exec {first}"], cwd=checkout, env=environment, stdout=out, stderr=out
        )
    try:
        wait(
            lambda: "/api/ui" in log.read_text() or up.poll() is not None,
            SECONDS,
            log.read_text,
        )
        assert up.poll() is None, log.read_text()
        second = subprocess.Popen(
            ["sh"],
            cwd=checkout,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with second:
            yield second
    finally:
        up.terminate()
        up.wait(SECONDS)


def typed(shell: subprocess.Popen[str], commands: str) -> tuple[list[str], int]:
    """Type commands into a shell; return what they print, and the last one's exit code."""
    assert shell.stdin is not None
    assert shell.stdout is not None
    shell.stdin.write(f'{commands}echo "ended: $?"\n')
    shell.stdin.flush()
    lines = list[str]()
    limit = threading.Timer(SECONDS, shell.kill)
    limit.start()
    try:
        for line in shell.stdout:
            if (ended := re.fullmatch(r"ended: (\d+)\n", line)) is not None:
                return lines, int(ended[1])
            lines.append(line)
    finally:
        limit.cancel()
    raise AssertionError(f"the shell has ended after {commands}: {''.join(lines)}")


def test_a_newcomer_who_types_each_command_sees_what_the_page_shows(
    shell: subprocess.Popen[str],
) -> None:
    for section, commands, shown in steps()[1:]:
        printed, code = typed(shell, commands)
        told = "".join(printed)
        assert code == (REFUSED if section == "Break it" else 0), (commands, told)
        left = iter(map(alike, printed))
        for line in filter(None, map(alike, shown.splitlines())):
            assert line == "..." or line in left, f"{line!r} of {commands!r} is not in {told}"
        if section == "Drop it again":
            assert "unchanged: hello" in told
        if section == "Change it" and "invoke" in commands:
            assert "The question 'and-the-first-lock'" in told
