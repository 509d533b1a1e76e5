"""The lint of orchestrators finds what a replay may see differently."""

from pathlib import Path

import pytest

from tests.determinism.lint import ROOT, check


def _lint(root: Path, text: str, more: str = "") -> list[str]:
    (root / "functions").mkdir()
    (root / "shared").mkdir()
    (root / "functions" / "deploy.py").write_text(text, encoding="utf-8")
    (root / "shared" / "rules.py").write_text(more, encoding="utf-8")
    return [f"{it.place}: {it.what}" for it in check(root, ("functions.deploy",))]


def test_the_orchestrators_and_all_that_they_import_can_be_replayed() -> None:
    assert [str(it) for it in check()] == []


def test_the_lint_reads_the_modules_that_the_orchestrators_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = list[str]()
    real = Path.read_text

    def noted(path: Path, *given: str, **more: str) -> str:
        read.append(path.relative_to(ROOT).as_posix())
        return real(path, *given, **more)

    monkeypatch.setattr(Path, "read_text", noted)
    check()

    assert {
        "functions/deploy.py",
        "functions/settle.py",
        "functions/fold.py",
        "shared/domain/jobs/ending.py",
    } <= {*read}
    assert {"shared/domain/diagnosis/diagnosis.py", "shared/domain/planning/step.py"} <= {*read}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import time", "imports time"),
        ("import os.path", "imports os.path"),
        ("from random import choice", "imports random"),
        ("from uuid import uuid4", "imports uuid.uuid4"),
        ("import uuid", "imports uuid"),
        ("from pathlib import Path", "imports pathlib.Path"),
        ("def run():\n    import socket", "imports socket"),
        ("from azure.storage.blob import BlobClient", "imports azure.storage.blob"),
        ("from urllib.request import urlopen", "imports urllib.request"),
        ("when = datetime.now()", "reads the clock with datetime.now"),
        ("when = datetime.datetime.utcnow()", "reads the clock with datetime.utcnow"),
        ("read = datetime.now", "reads the clock with datetime.now"),
        ("day = date.today()", "reads the clock with date.today"),
        ("text = open('x').read()", "calls open"),
        ("number = hash('x')", "calls hash"),
        ("name = uuid.uuid4()", "calls uuid4"),
        ("text = path.read_text()", "calls read_text"),
        ("from .fold import Fold", "imports importlib"),
    ],
)
def test_what_a_replay_may_see_differently_is_found(tmp_path: Path, line: str, found: str) -> None:
    assert any(it.endswith(found) for it in _lint(tmp_path, line)), line


@pytest.mark.parametrize(
    "line",
    [
        "from uuid import uuid5",
        "from pathlib import PurePosixPath",
        "import azure.durable_functions as df",
        "from urllib.parse import quote",
        "from datetime import datetime\nwhen = datetime.fromisoformat('2026-01-01')",
    ],
)
def test_what_is_the_same_in_every_replay_is_allowed(tmp_path: Path, line: str) -> None:
    assert _lint(tmp_path, line) == []


def test_what_is_imported_is_read_too(tmp_path: Path) -> None:
    found = _lint(tmp_path, "from shared.rules import rule", "import os\n")

    assert found == ["shared/rules.py:1: It imports os"]
