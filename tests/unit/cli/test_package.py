import os
import zipfile
from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.package import package_name, write_package

FLOW = "inputs: {}\nadditional_includes:\n- ../common/prompt.jinja2\n- ../tools\n"


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text("x")
    (folder / "flow.dag.yaml").write_text(FLOW)
    (folder / "deploy.yaml").write_text("endpoint: {}\n")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "run.log").write_text("noise")
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "prompt.jinja2").write_text("hi")
    (tmp_path / "tools" / "__pycache__").mkdir(parents=True)
    (tmp_path / "tools" / "__pycache__" / "a.pyc").write_text("x")
    (tmp_path / "tools" / "a.py").write_text("a = 1\n")
    return folder


def packed(flow: Path, into: Path) -> Path:
    into.mkdir()
    return write_package(flow, into).archive


def test_a_package_holds_the_flow_its_manifest_and_its_includes(flow: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(flow, tmp_path / "out")) as zipped:
        assert zipped.namelist() == [
            "deploy.yaml",
            "flow.dag.yaml",
            "prompt.jinja2",
            "tools/a.py",
        ]


def test_az_ml_files_of_any_name_are_packed_except_ignored_ones(flow: Path, tmp_path: Path) -> None:
    text = "name: blue\nendpoint_name: hello\ninstance_type: Standard_DS3_v2\n"
    (flow / ".gitignore").write_text("green.yml\n")
    for name in ("blue.yml", "green.yml"):
        (flow / name).write_text(text)
    (tmp_path / "tools" / "deploy.yaml").write_text(text)
    with zipfile.ZipFile(packed(flow, tmp_path / "out")) as zipped:
        names = zipped.namelist()
    assert "blue.yml" in names
    assert "green.yml" not in names
    assert "tools/deploy.yaml" in names, "below the top it is a file of the flow"


def test_the_same_folder_gives_the_same_bytes(flow: Path, tmp_path: Path) -> None:
    first = packed(flow, tmp_path / "one").read_bytes()
    os.utime(flow / "flow.dag.yaml", (1, 1))
    (flow / "flow.dag.yaml").chmod(0o600)
    assert packed(flow, tmp_path / "two").read_bytes() == first


def test_a_missing_include_is_left_out(flow: Path, tmp_path: Path) -> None:
    (tmp_path / "common" / "prompt.jinja2").unlink()
    with zipfile.ZipFile(packed(flow, tmp_path / "out")) as zipped:
        assert "prompt.jinja2" not in zipped.namelist()


def test_an_include_never_replaces_a_file_of_the_flow(flow: Path, tmp_path: Path) -> None:
    (flow / "prompt.jinja2").write_text("mine")
    with pytest.raises(CommandError, match="would replace"):
        packed(flow, tmp_path / "out")


def test_a_zip_is_dropped_as_it_is(tmp_path: Path) -> None:
    archive = tmp_path / "ready.zip"
    archive.write_bytes(b"anything")
    assert write_package(archive, tmp_path).archive == archive
    assert package_name(archive) == "ready"


def test_the_current_folder_is_packed_under_its_own_name(
    flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(flow)
    assert package_name(Path()) == "hello"


@pytest.mark.parametrize("name", ["nothing", "notes.txt"])
def test_a_path_without_a_flow_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(CommandError) as wrong:
        package_name(tmp_path / name)
    assert wrong.value.exit_code == 2


def test_files_with_secrets_are_not_packed(flow: Path, tmp_path: Path) -> None:
    (flow / ".env").write_text("KEY=1")
    (flow.parent / "common").mkdir(exist_ok=True)
    (flow.parent / "common" / "id_rsa").write_text("x")
    (flow.parent / "local.settings.json").write_text("{}")
    said = "additional_includes: [../common, ../local.settings.json]\n"
    (flow / "flow.dag.yaml").write_text(said)
    with zipfile.ZipFile(packed(flow, tmp_path / "out")) as zipped:
        assert {".env", "common/id_rsa", "local.settings.json"}.isdisjoint(zipped.namelist())
    assert [finding.file for finding in write_package(flow, tmp_path).secrets] == [
        ".env",
        "common/id_rsa",
        "local.settings.json",
    ]
    wanted = "flow: {include_secret_files: [.env, common/id_rsa, local.settings.json]}"
    (flow / "deploy.yaml").write_text(wanted)
    with zipfile.ZipFile(packed(flow, tmp_path / "more")) as zipped:
        assert {".env", "common/id_rsa", "local.settings.json"} < set(zipped.namelist())
    assert write_package(flow, tmp_path).secrets == ()


def test_includes_from_outside_the_folder_are_named(tmp_path: Path) -> None:
    flow = tmp_path / "strangers" / "hello"
    flow.mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x")
    (flow.parent / "lib.py").write_text("x")
    (flow / "flow.dag.yaml").write_text(
        "additional_includes:\n- ../lib.py\n- /etc/hostname\n- ../../mine\n- null\n"
    )
    told = write_package(flow, tmp_path).outside
    assert [(each.line, each.severity, each.cause) for each in told] == [
        (line, "warning", f"'{path}' goes into the package, from outside '{flow.parent}'")
        for line, path in ((3, "/etc/hostname"), (4, tmp_path / "mine" / "a.txt"))
    ]
