"""`sluice check --index`: requirements are resolved against an index, without running code."""

import http.server
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from cli.__main__ import main

CONDA = """\
channels: [conda-forge]
dependencies:
  - python=3.12
  - pip
  - pip:
      - azureml-inference-server-http
      - agent
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Index:
    """A package index on loopback, of folders with files."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def wheel(
        self, name: str, version: str, needs: Sequence[str] = (), tag: str = "py3-none-any"
    ) -> None:
        file = self._place(name) / f"{name.replace('-', '_')}-{version}-{tag}.whl"
        inside = f"{name.replace('-', '_')}-{version}.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {it}" for it in needs]
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(f"{inside}/METADATA", "\n".join([*lines, ""]))
            archive.writestr(f"{inside}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
            archive.writestr(f"{inside}/RECORD", "")

    def source(self, name: str, version: str, setup: str) -> None:
        with tarfile.open(self._place(name) / f"{name}-{version}.tar.gz", "w:gz") as archive:
            entry = tarfile.TarInfo(f"{name}-{version}/setup.py")
            entry.size = len(setup)
            archive.addfile(entry, io.BytesIO(setup.encode()))

    def _place(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir(exist_ok=True)
        return place


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "index"
    folder.mkdir()
    handler = partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Index(folder, f"http://127.0.0.1:{server.server_address[1]}/")
        server.shutdown()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    root = tmp_path / "words"
    root.mkdir()
    (root / "score.py").write_text("def init():\n    pass\n\n\ndef run(data):\n    return data\n")
    (root / "conda.yaml").write_text(CONDA)
    (root / "deploy.yaml").write_text("smoke_test: {input: {text: a}}\n")
    return root


def _servers(index: Index) -> None:
    index.wheel("azureml-inference-server-http", "1.4.1", ["tele>=1.30"])
    index.wheel("azureml-inference-server-http", "1.5.1", ["tele==1.33"])
    index.wheel("tele", "1.33")
    index.wheel("tele", "1.39")


def test_a_version_that_pip_would_fall_back_to_is_told_with_the_reason(
    index: Index, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _servers(index)
    index.wheel("agent", "1.23", ["tele>=1.39"])
    assert main(["check", str(script), "--index", index.url]) == 0
    told = capsys.readouterr().out
    assert (
        "conda.yaml:6: warning: azureml-inference-server-http would be 1.4.1, though 1.5.1 exists: "
        "agent 1.23 depends on tele>=1.39 and azureml-inference-server-http 1.5.1 depends on "
        "tele==1.33"
    ) in told or (
        "conda.yaml:6: warning: azureml-inference-server-http would be 1.4.1, though 1.5.1 exists: "
        "azureml-inference-server-http 1.5.1 depends on tele==1.33 and agent 1.23 depends on "
        "tele>=1.39"
    ) in told
    assert told.endswith("can be deployed\n")


def test_what_resolves_to_the_newest_gives_no_finding(
    index: Index, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _servers(index)
    index.wheel("agent", "1.23", ["tele"])
    assert main(["check", str(script), "--index", index.url]) == 0
    assert capsys.readouterr().out == f"{script}: can be deployed\n"


def test_versions_that_do_not_fit_together_are_refused(
    index: Index, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _servers(index)
    index.wheel("agent", "1.23", ["tele>=1.39"])
    (script / "conda.yaml").write_text(CONDA.replace("server-http", "server-http==1.5.1"))
    assert main(["check", str(script), "--index", index.url]) == 2
    told = capsys.readouterr().out
    assert "error: pip cannot install these together: " in told
    assert "agent 1.23 depends on tele>=1.39" in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("agent>=2", "the index has no agent>=2 for Python 3.12: it has 1.23"),
        ("agnet", "the index has no agnet for Python 3.12: it does not have the package"),
    ],
)
def test_what_the_index_lacks_is_refused_with_its_line(
    index: Index, script: Path, capsys: pytest.CaptureFixture[str], asked: str, told: str
) -> None:
    _servers(index)
    index.wheel("agent", "1.23")
    (script / "conda.yaml").write_text(CONDA.replace("- agent", f"- {asked}"))
    assert main(["check", str(script), "--index", index.url]) == 2
    assert f"conda.yaml:7: error: {told}" in capsys.readouterr().out


def test_a_wheel_for_another_python_is_not_taken(
    index: Index, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _servers(index)
    index.wheel("agent", "1.23", tag="cp311-cp311-manylinux2014_x86_64")
    assert main(["check", str(script), "--index", index.url]) == 2
    assert "the index has no agent for Python 3.12" in capsys.readouterr().out


def test_no_code_of_a_source_package_runs(
    index: Index, script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _servers(index)
    ran = tmp_path / "ran"
    index.source("agent", "1.23", f"open({str(ran)!r}, 'w')\n")
    assert main(["check", str(script), "--index", index.url]) == 0
    assert "conda.yaml:7: warning: agent has no wheel for Python 3.12" in capsys.readouterr().out
    assert not ran.exists()


@pytest.mark.parametrize(
    "line", ["-c a.txt", "-i http://elsewhere/", "agent @ git+https://x/agent"]
)
def test_what_is_not_in_the_index_is_told_and_not_fetched(
    index: Index, script: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    (script / "conda.yaml").unlink()
    (script / "a.txt").write_text("")
    (script / "requirements.txt").write_text(f"azureml-inference-server-http\n{line}\n")
    main(["check", str(script), "--index", index.url])
    assert "so versions are not resolved" in capsys.readouterr().out


def test_a_flows_requirements_are_resolved_too(
    index: Index, flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow / "requirements.txt").write_text("-r more.txt\n")
    (flow / "more.txt").write_text("# ours\nagent==9 --hash=sha256:00\n")
    index.wheel("agent", "1.23")
    assert main(["check", str(flow), "--index", index.url]) == 2
    assert "more.txt:2: error: the index has no agent==9" in capsys.readouterr().out


def test_an_index_that_does_not_answer_is_no_fault_of_the_package(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(script), "--index", "http://127.0.0.1:9/"]) == 4
    assert "does not answer" in capsys.readouterr().err


def test_an_index_that_is_no_url_is_refused(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(script), "--index", "pypi"]) == 2
    assert "begins with https://" in capsys.readouterr().err


def test_the_index_may_stand_in_the_environment(
    index: Index,
    script: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PACKAGE_INDEX_URL", index.url)
    assert main(["check", str(script)]) == 2
    assert "it does not have the package" in capsys.readouterr().out
