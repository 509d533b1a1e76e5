"""Ignore files: git's rules as azure-ai-ml applies them, and bounds of their own."""

import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.errors import Rejected
from shared.package import limits, read
from shared.package.ignore import parse_ignore, read_ignore_file

_PARTS = ("a", "b", "ab", "a.py", "tools", "x", ".env", "aXb", "a-b", "]", "[a]")
_GLOBS = (
    *("a", "b", "ab", "a*", "*b", "*", "**", "?", "[ab]", "[a-c]", "[]]", "[]-a]", "*.py", ""),
    *("a**b", "*a*b*", "\\a", "\\*", "tools", ".*", "[!ab]", "[^a]", "[a", "a?", "[a-]", "a[.-0]b"),
)


def test_ignored_files_are_those_that_azure_ai_ml_ignores(tmp_path: Path) -> None:
    from azure.ai.ml._utils._asset_utils import get_ignore_file  # noqa: PLC0415 - slow to import

    pick, left_out = random.Random(7), 0
    for _ in range(1500):
        lines = [_line(pick) for _ in range(pick.randint(1, 4))]
        (tmp_path / ".gitignore").write_text("\n".join(lines))
        paths = ["/".join(pick.choices(_PARTS, k=pick.randint(1, 4))) for _ in range(12)]
        theirs = get_ignore_file(tmp_path)
        expected = _answer(lambda: [theirs.is_file_excluded(tmp_path / it) for it in paths])  # noqa: B023
        found = _answer(lambda: list(map(read_ignore_file(tmp_path).leaves_out, paths)))  # noqa: B023
        assert found == expected, (lines, paths)
        left_out += sum(expected or ())
    assert left_out > 1000


def _line(pick: random.Random) -> str:
    """Any pattern but `/**/`, which matches every folder in git and nothing in azure-ai-ml."""
    middle = "/".join(pick.choices(_GLOBS, k=pick.randint(1, 4)))
    front, end = pick.choice(("", "", "!", " ")), pick.choice(("", "", "/", " ", "\\ "))
    line = front + pick.choice(("", "", "/")) + middle + end
    return "" if re.fullmatch(r"\s*!?/(\*\*/?)+\s*", line) else line


def _answer(asked: Callable[[], list[bool]]) -> list[bool] | None:
    """None where the file is refused."""
    try:
        return asked()
    except (ValueError, Rejected):
        return None


@pytest.mark.parametrize(
    ("pattern", "path", "out"),
    [
        ("tools/*", "tools/x/a.py", True),
        ("tools/*", "more/tools/x/a.py", False),
        ("/**/", "a/b", True),
        ("/**/", "a", False),
        ("a[!b]c", "a/c", False),
        ("a[.-0]c", "a/c", False),
        ("*.py\n!keep.py", "deep/keep.py", False),
        ("build/\n!build/keep", "build/keep", False),
        ("build", "build/keep", True),
        ("a/**/b", "a/b/c", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "x/a/b", False),
        ("**/x/**/y", "a/x/y", True),
        ("# note\r\n*.log\r\n", "a.log", True),
    ],
)
def test_ignore_rules_are_those_of_git(pattern: str, path: str, *, out: bool) -> None:
    assert parse_ignore(pattern, ".gitignore").leaves_out(path) is out


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("a\n!\n", 2, "the pattern is empty"),
        ("a\n\nb\\", 3, "the pattern has a backslash with nothing after it"),
        ("[z-a]", 1, "the range 'z-a' runs backwards"),
        ("\n" + "a" * 401, 2, "the pattern is over 400 characters"),
        ("*a" * 51, 1, "the pattern has over 50 wildcards"),
        ("a\n" * 501, None, "the ignore file has 501 patterns, over 500"),
        ("#" * (limits.MAX_IGNORE + 1), None, "the ignore file is over 64 KB"),
    ],
)
def test_unusable_ignore_patterns_are_reported_with_their_line(
    text: str, line: int | None, cause: str
) -> None:
    with pytest.raises(Rejected) as refused:
        parse_ignore(text, ".gitignore")
    finding = refused.value.findings[0]
    assert (finding.file, finding.line, finding.cause) == (".gitignore", line, cause)


def test_the_slowest_ignore_patterns_fit_into_the_cpu_limit() -> None:
    """These patterns would take practically for ever in a matcher that backtracks."""
    matched = """
from shared.package.child import bound_processor
from shared.package.ignore import parse_ignore
bound_processor(5)
for pattern in ("*a" * 50 + "b", "/".join(["**", "*a*"] * 12) + "/b", "a*" * 50 + "[b]"):
    ignored = parse_ignore("\\n".join([pattern] * 10), ".gitignore")
    for number in range(100):
        assert not ignored.leaves_out("/".join(["a" * 250, *["a"] * 28, str(number)]))
"""
    ended = subprocess.run([sys.executable, "-c", matched], check=False, timeout=600)
    assert ended.returncode == 0


def test_an_ignore_file_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / "flow.dag.yaml").write_text("nodes: []")
    assert [(it.file, it.cause) for it in read(tmp_path).errors] == [
        (".gitignore", "the ignore file is not a regular file")
    ]


def test_an_ignored_source_is_reported(tmp_path: Path) -> None:
    (tmp_path / "tools" / "x").mkdir(parents=True)
    (tmp_path / "tools" / "x" / "a.py").write_text(
        "from promptflow.core import tool\n@tool\ndef a(): ...\n"
    )
    (tmp_path / ".gitignore").write_text("tools/*\n")
    (tmp_path / "flow.dag.yaml").write_text(
        "nodes:\n- {name: a, type: python, source: {type: code, path: tools/x/a.py}}\n"
    )
    (finding,) = read(tmp_path).errors
    assert "'tools/x/a.py' is left out by .gitignore:1" in finding.cause
    assert finding.remedy.endswith("or add the line '!/tools/x/a.py' below it")
    (tmp_path / ".gitignore").write_text("tools/*\n!/tools/x/a.py\n")
    assert read(tmp_path).errors == ()


@pytest.mark.parametrize(
    ("path", "place"),
    [("a.log", ".x:6"), ("b.log", None), ("c.txt", ".x:2"), ("d.txt", ".x:1"), ("e", None)],
)
def test_the_line_that_decides_is_known(path: str, place: str | None) -> None:
    text = "*.txt\n/c.txt\n*.log\n# all but one\n!*.log\na.log\n"
    assert parse_ignore(text, ".x").place_of(path) == place


def test_requirements_that_the_ignore_file_leaves_out_are_told(tmp_path: Path) -> None:
    (tmp_path / ".amlignore").write_text("\n*.txt\n")
    (tmp_path / "requirements.txt").write_text("pandas\n")
    (tmp_path / "flow.dag.yaml").write_text("nodes: []")
    (told,) = (it for it in read(tmp_path).findings if it.file == "requirements.txt")
    assert (told.severity, told.cause) == (
        "warning",
        "'requirements.txt' is left out by .amlignore:2: nothing of it is installed",
    )
    said = "environment: {python_requirements_txt: requirements.txt}\nnodes: []"
    (tmp_path / "flow.dag.yaml").write_text(said)
    (told,) = (it for it in read(tmp_path).errors if "requirements" in it.cause)
    assert (told.file, told.line) == ("flow.dag.yaml", 1)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("file:env/e.yaml", "the environment's file 'env/e.yaml' is left out by .gitignore:1"),
        ("{build: {path: env}}", "the Dockerfile 'env/Dockerfile' is left out by .gitignore:1"),
    ],
)
def test_what_a_manifest_names_may_have_been_left_out_before(
    tmp_path: Path, said: str, cause: str
) -> None:
    """As `sluice drop` does: its zip has neither the files nor the ignore file."""
    (tmp_path / "flow.dag.yaml").write_text("nodes: []")
    (tmp_path / "deploy.yaml").write_text(f"deployment:\n  environment: {said}\n")
    absent = dict.fromkeys(("env/e.yaml", "env/Dockerfile"), ".gitignore:1")
    assert cause in {it.cause for it in read(tmp_path, absent).errors}
