"""Faults in a requirements file and in the files that it names."""

import codecs
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow import Contents
from shared.domain.kinds.requirements.files import (
    Entry,
    find_needed_files,
    read_requirements,
    walk_entries,
)
from shared.domain.kinds.requirements.rules import requirement_findings
from shared.package import read
from tests.unit.kinds.prompt_flow.conftest import Drop

FLOW = "nodes:\n- {name: a, type: python, source: {type: code, path: a.py}}\n"
FILES = {"flow.dag.yaml": FLOW, "a.py": "@tool\ndef a(): ...\n"}
WHEEL = "wheels/a-1.0-py3-none-any.whl"
TOKEN = "s3cr3tt0ken12345"


def test_lines_are_read_as_pip_reads_them() -> None:
    text = """\
# a comment
openai==1.2  # another
promptflow[azure] >= 1.18 ; python_version > "3.8" --hash=sha256:abc
-r more.txt
--requirement=other.txt
-cbounds.txt
--index-url https://a/simple --extra-index-url=https://b/simple
-e ./lib
demo @ https://example.org/demo.whl
long==1 \\
  --hash=sha256:def
--pre
--index https://c/simple --extra-index=https://d/simple --find "./wheels" --trusted e
--requirem more.txt --no-bin :all: --const bounds.txt --edit ./lib
hashed==1 --hash sha256:abc
--proxy http://f:1 -r none.txt
"""
    assert [(it.line, it.kind, it.value) for it in read_requirements(text)] == [
        (2, "package", "openai==1.2"),
        (3, "package", 'promptflow[azure] >= 1.18 ; python_version > "3.8"'),
        (3, "other", "sha256:abc"),
        (4, "file", "more.txt"),
        (5, "file", "other.txt"),
        (6, "file", "bounds.txt"),
        (7, "index", "https://a/simple"),
        (7, "index", "https://b/simple"),
        (8, "package", "./lib"),
        (9, "package", "demo @ https://example.org/demo.whl"),
        (10, "package", "long==1"),
        (10, "other", "sha256:def"),
        (13, "index", "https://c/simple"),
        (13, "index", "https://d/simple"),
        (13, "links", "./wheels"),
        (13, "host", "e"),
        (14, "file", "more.txt"),
        (14, "other", ":all:"),
        (14, "file", "bounds.txt"),
        (14, "package", "./lib"),
        (15, "package", "hashed==1"),
        (15, "other", "sha256:abc"),
        (16, "unknown", "--proxy http://f:1 -r none.txt"),
    ]


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("openai==1.2", ""),
        ("openai[x]>=1; sys_platform == 'linux'", ""),
        ("./lib", "./lib"),
        ("dist/a-1.whl", "dist/a-1.whl"),
        ("a.tar.gz", "a.tar.gz"),
        ("demo[x] @ file:///srv/a.whl", "file:///srv/a.whl"),
        ("git+https://github.com/a/b#egg=b", "git+https://github.com/a/b#egg=b"),
    ],
)
def test_a_requirement_is_a_url_a_path_or_a_package_name(value: str, target: str) -> None:
    assert Entry(1, "package", value).target == target


def test_requirements_files_are_followed_once() -> None:
    texts = {"a.txt": "-r sub/b.txt\n-r a.txt", "sub/b.txt": "-c ../c.txt\nx==1", "c.txt": "y<2"}
    assert [(file, said.value) for file, said in walk_entries("a.txt", texts)] == [
        ("a.txt", "sub/b.txt"),
        ("a.txt", "a.txt"),
        ("sub/b.txt", "../c.txt"),
        ("sub/b.txt", "x==1"),
        ("c.txt", "y<2"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        f"--index-url https://build:{TOKEN}@pkgs.example.org/simple",
        f"--extra-index-url=https://{TOKEN}@pkgs.example.org/simple",
        f"-f https://example.org/wheels?sig={TOKEN}",
        f"demo @ git+https://{TOKEN}@github.com/a/demo",
        f"git+https://oauth2:{TOKEN}@gitlab.com/a/demo.git#egg=demo",
        f"--index https://build:{TOKEN}@pkgs.example.org/simple",
        f"--extra-index 'https://build:{TOKEN}@pkgs.example.org/simple'",
        f"--index-url https://pkgs.example.org/simple?token={TOKEN}",
        f"--index-url https://pkgs.example.org/simple?access_code={TOKEN[:6]}",
        f"--proxy http://build:{TOKEN}@proxy.example.org",
        f"--proxy=http://build:{TOKEN}@proxy.example.org",
        f"openai==1.2 --index-url https://build:{TOKEN}@pkgs.example.org/simple",
        f"-i https://${{USER}}:{TOKEN}@pkgs.example.org/simple",
        f"-i https://build:pa@{TOKEN}@pkgs.example.org/simple",
    ],
)
def test_credentials_are_an_error_that_does_not_print_them(line: str) -> None:
    findings = _found("requirements.txt", f"x\n{line}\n")
    first = findings[0]
    assert (first.file, first.line, first.severity) == ("requirements.txt", 2, "error")
    assert "holds credentials" in first.cause
    assert TOKEN not in str(findings)


@pytest.mark.parametrize(
    ("line", "cause", "severity"),
    [
        ("git+ssh://git@github.com/a/b.git", "need SSH", "error"),
        ("-e git+ssh://git@github.com/a/b.git#egg=b", "need SSH", "error"),
        ("b @ git+ssh://git@github.com/a/b.git", "need SSH", "error"),
        ("git@github.com:a/b.git", "need SSH", "error"),
        ("--trusted-host pypi.example.org", "certificate is not checked", "warning"),
        ("-r ../../common/requirements.txt", "is outside the flow", "error"),
        ("-c /etc/bounds.txt", "is outside the flow", "error"),
        ("-e ../lib", "is outside the flow", "error"),
        ("../dist/a.whl", "is outside the flow", "error"),
        ("a/../../b.whl", "is outside the flow", "error"),
        ("demo @ file:///srv/a.whl", "is outside the flow", "error"),
        ("~/a.whl", "is outside the flow", "error"),
        ("..\\lib\\a.whl", "is outside the flow", "error"),
        ("--find-links ../wheels", "is outside the flow", "error"),
        ("--index-url https://pkgs.example.org/simple", "must reach the package", "warning"),
        ("-f https://download.pytorch.org/whl", "must reach the package index", "warning"),
        ("-i https://${USER}:${TOKEN}@pkgs.example.org/simple", "pip fills in ${USER}", "warning"),
        ("-i https://me:${PASS}@pkgs.example.org/simple", "pip fills in ${PASS}", "warning"),
        ("-i https://pkgs.example.org/simple?token=${PASS}", "pip fills in ${PASS}", "warning"),
        ("b @ git+https://${TOKEN}@github.com/a/b", "pip fills in ${TOKEN}", "warning"),
        ("b @ FILE:///etc/passwd", "is outside the flow", "error"),
        ("-r File:///etc/passwd", "is outside the flow", "error"),
        ("GIT+SSH://git@github.com/a/b.git", "need SSH", "error"),
        ("b @ bzr+ssh://example.org/b", "need SSH", "error"),
        ("--trusted pypi.example.org", "certificate is not checked", "warning"),
        ("--proxy http://proxy.example.org", "pip takes no option '--proxy'", "warning"),
        ("openai --indx-url=https://x", "pip takes no option '--indx-url'", "warning"),
    ],
)
def test_requirements_that_no_build_can_fulfil_are_reported_with_their_line(
    line: str, cause: str, severity: str
) -> None:
    (finding,) = _found("sub/r.txt", f"# first\n{line}")
    assert cause in finding.cause
    assert (finding.file, finding.line, finding.severity) == ("sub/r.txt", 2, severity)


@pytest.mark.parametrize(
    "line",
    [
        *("openai", "openai==1.2 # ../x", "-r more.txt", f"./{WHEEL}", "-e ./lib", "./lib[x]"),
        *(f"a @ ./{WHEEL}", "wheels/b-1-cp313-cp313-manylinux_2_28_x86_64.whl", "-e ."),
        *("git+https://github.com/a/b", "b @ https://example.org/b.tar.gz", "-c ../bounds.txt"),
        *("--find-links wheels", "--no-index", "--pre"),
    ],
)
def test_other_requirements_have_no_findings(line: str) -> None:
    assert _found("sub/r.txt", line) == []


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("-r none.txt", "'sub/none.txt' is not in the package"),
        ("-c ../none.txt", "'none.txt' is not in the package"),
        ("./wheels/none-1-py3-none-any.whl", "'wheels/none-1-py3-none-any.whl' is not in"),
        ("-e ./none", "'none' is not in the package"),
        ("open ai", "pip does not understand this line"),
        ("openai=1.2", "pip does not understand this line"),
        ("openai == ", "pip does not understand this line"),
        ("wheels/odd.whl", "pip does not understand this line"),
        ("wheels/w-1-cp313-cp313-win_amd64.whl", "is for win_amd64, and flows run on Linux"),
    ],
)
def test_what_pip_would_refuse_is_reported_with_its_line(line: str, cause: str) -> None:
    (finding,) = _found("sub/r.txt", f"\n\n{line}")
    assert cause in finding.cause
    assert (finding.file, finding.line, finding.severity) == ("sub/r.txt", 3, "error")


def test_every_file_that_requirements_name_is_listed() -> None:
    texts = {
        "r.txt": f"-r sub/more.txt\n{WHEEL}\n",
        "sub/more.txt": "-c bounds.txt\n./lib[x]\nopenai\nhttps://example.org/a.whl\n",
    }
    files = {*texts, "sub/bounds.txt", "bounds.txt", WHEEL, "lib/a.py", "lib/b/c.py", "libx/d.py"}
    assert find_needed_files("r.txt", texts, files) == (
        *("lib/a.py", "lib/b/c.py", "r.txt", "sub/bounds.txt", "sub/more.txt", WHEEL),
    )
    assert find_needed_files("r.txt", {"r.txt": "openai"}, files) == ("r.txt",)


def _found(path: str, text: str) -> list[Finding]:
    there = {path, "sub/more.txt", "bounds.txt", WHEEL, "lib/setup.py"}
    there |= {"wheels/odd.whl", "wheels/w-1-cp313-cp313-win_amd64.whl"}
    there |= {"wheels/b-1-cp313-cp313-manylinux_2_28_x86_64.whl"}
    return list(requirement_findings(path, Contents(frozenset(there), texts={path: text})))


def test_nested_requirements_files_are_checked(drop: Drop) -> None:
    files: Mapping[str, str] = FILES | {
        "requirements.txt": "-r more/a.txt\n",
        "more/a.txt": "-c b.txt\n",
        "more/b.txt": f"\n-i https://u:{TOKEN}@x/simple\n",
    }
    reading = drop(files)
    assert [(it.file, it.line) for it in reading.errors] == [("more/b.txt", 2)]
    assert TOKEN not in str(reading.findings)


def test_a_wheel_that_is_not_an_archive_is_reported(drop: Drop) -> None:
    reading = drop(FILES | {"requirements.txt": WHEEL, WHEEL: "x"})
    assert [(it.file, it.cause) for it in reading.errors] == [
        (WHEEL, "this wheel is not a zip archive")
    ]


def test_circular_requirements_files_end(drop: Drop) -> None:
    assert (
        drop(FILES | {"requirements.txt": "-r b.txt", "b.txt": "-r requirements.txt"}).errors == ()
    )


@pytest.mark.parametrize("option", ["-i", "--extra-index-url", "--find-links"])
def test_pypi_itself_is_no_index_to_warn_of(option: str) -> None:
    assert _found("requirements.txt", f"{option} https://PyPI.org/simple/") == []


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF16_LE + "a==1\r\n-r gone.txt\r\n".encode("utf-16-le"),  # PowerShell's `>`
        codecs.BOM_UTF16_BE + "a==1\n-r gone.txt\n".encode("utf-16-be"),
        codecs.BOM_UTF8 + b"a==1\n-r gone.txt\n",
        "# -*- coding: latin-1 -*- für\n-r gone.txt\n".encode("latin-1"),
        b"a==1\n-r gone.txt\n",
    ],
)
def test_requirements_are_read_in_the_encoding_in_which_pip_reads_them(
    tmp_path: Path, content: bytes
) -> None:
    for path, text in FILES.items():
        (tmp_path / path).write_text(text)
    (tmp_path / "requirements.txt").write_bytes(content)
    told = [it for it in read(tmp_path).findings if it.file == "requirements.txt"]
    assert [(it.line, "'gone.txt' is not in the package" in it.cause) for it in told] == [(2, True)]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("a==1\n".encode("utf-16-le"), "an encoding that pip does not see"),
        (codecs.BOM_UTF32_LE + "a==1\n".encode("utf-32-le"), "an encoding that pip does not see"),
        (codecs.BOM_UTF16_LE + b"a", "pip cannot read the file as 'utf-16-le'"),
        (b"# coding: klingon\na==1\n", "pip cannot read the file as 'klingon'"),
        ("für\n".encode("latin-1"), "pip cannot read the file as 'utf-8'"),
    ],
)
def test_requirements_that_pip_cannot_read_are_an_error(
    tmp_path: Path, content: bytes, cause: str
) -> None:
    for path, text in FILES.items():
        (tmp_path / path).write_text(text)
    (tmp_path / "requirements.txt").write_bytes(content)
    [told] = [it for it in read(tmp_path).errors if it.file == "requirements.txt"]
    assert cause in told.cause
    assert told.remedy == "Save it as UTF-8"
