from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.domain.errors import Rejected
from shared.package import digest, kept_files


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


FLOW = {"flow.dag.yaml": "a: 1", "src/tool.py": "x = 1"}
NOT_THE_FLOW = {
    "deploy.yaml": "",
    "endpoint.yml": "",
    "deployment.yaml": "",
    ".git/config": "",
    ".runs/1/log": "",
    "src/__pycache__/tool.pyc": "",
    ".DS_Store": "",
    "src/.DS_Store": "",
    "__MACOSX/x": "",
}


def test_manifests_at_the_root_and_tool_folders_are_not_files_of_the_flow(tmp_path: Path) -> None:
    root = write(tmp_path, FLOW | NOT_THE_FLOW | {"sub/deploy.yaml": ""})
    assert kept_files(root) == ("flow.dag.yaml", "src/tool.py", "sub/deploy.yaml")


def test_a_manifest_does_not_change_the_digest(tmp_path: Path) -> None:
    bare = digest(write(tmp_path / "bare", FLOW))
    assert bare == digest(write(tmp_path / "more", FLOW | NOT_THE_FLOW))
    assert len(bare) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"flow.dag.yaml": "a: 2", "src/tool.py": "x = 1"},
        {"flow.dag.yaml": "a: 1", "src/tools.py": "x = 1"},
        {"flow.dag.yaml": "a: 1", "src/tool.py": "x = 1", "new": ""},
        {"flow.dag.yaml": "x = 1", "src/tool.py": "a: 1"},
    ],
)
def test_any_change_of_a_path_or_a_byte_changes_the_digest(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    assert digest(write(tmp_path / "a", FLOW)) != digest(write(tmp_path / "b", changed))


def test_gitignore_counts_without_an_amlignore(tmp_path: Path) -> None:
    root = write(tmp_path, FLOW | {".gitignore": "*.log\ncache/\n", "a.log": "", "cache/b": ""})
    assert kept_files(root) == ("flow.dag.yaml", "src/tool.py")


def test_amlignore_replaces_gitignore(tmp_path: Path) -> None:
    files = {
        ".gitignore": "src/\n",
        ".amlignore": "*.log\n!keep.log\n",
        "a.log": "",
        "keep.log": "",
    }
    assert kept_files(write(tmp_path, FLOW | files)) == (
        "flow.dag.yaml",
        "keep.log",
        "src/tool.py",
    )


def test_ignore_files_are_not_uploaded_so_that_nothing_is_filtered_twice(tmp_path: Path) -> None:
    files = {".amlignore": "data/*\n!data/small.csv\n", "data/big.csv": "", "data/small.csv": ""}
    root = write(tmp_path / "whole", FLOW | files)
    once = {path: (root / path).read_text() for path in kept_files(root)}
    assert tuple(once) == ("data/small.csv", "flow.dag.yaml", "src/tool.py")
    assert kept_files(write(tmp_path / "staged", once)) == tuple(once)


def test_a_link_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path / "flow", FLOW)
    (root / "secret").symlink_to("/etc/passwd")
    with pytest.raises(Rejected, match="secret: neither a file nor a folder"):
        kept_files(root)


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path / "flow", FLOW)
    (root / "etc").symlink_to("/etc", target_is_directory=True)
    with pytest.raises(Rejected):
        digest(root)


def test_an_ignored_link_is_not_reported(tmp_path: Path) -> None:
    root = write(tmp_path / "flow", FLOW | {".gitignore": ".venv\n", ".venv/bin/pip": ""})
    (root / ".venv" / "bin" / "python").symlink_to("/usr/bin/python3")
    (root / ".venv" / "lib64").symlink_to("/usr/lib", target_is_directory=True)
    assert kept_files(root) == ("flow.dag.yaml", "src/tool.py")


def test_an_ignore_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path, FLOW)
    (root / ".amlignore").write_bytes(b"\xff\xfe\0")
    with pytest.raises(Rejected, match=r"\.amlignore"):
        kept_files(root)
