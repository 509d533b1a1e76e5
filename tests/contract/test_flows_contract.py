from pathlib import Path

import pytest

from shared.domain.errors import Rejected
from tests.contract.blob_sides import Storage


def test_a_missing_blob_has_no_version(storage_side: Storage) -> None:
    assert storage_side.flows.stat("none.zip") is None


def test_list_and_stat_agree_on_a_blob(storage_side: Storage) -> None:
    storage_side.drop("prod/echo.zip", b"12345")
    seen = storage_side.flows.stat("prod/echo.zip")
    assert seen is not None
    assert (seen.path, seen.size) == ("prod/echo.zip", 5)
    assert seen.modified.endswith("+00:00")
    assert '"' not in seen.etag
    assert storage_side.flows.list("prod/") == (seen,)


def test_a_list_has_the_blobs_with_the_prefix_sorted_by_path(storage_side: Storage) -> None:
    for path in ("b/2", "a/1", "b/1", "b/sub/über ~ 1"):
        storage_side.drop(path, b"x")
    paths = [version.path for version in storage_side.flows.list("b/")]
    assert paths == ["b/1", "b/2", "b/sub/über ~ 1"]


def test_a_new_version_has_another_etag(storage_side: Storage) -> None:
    storage_side.drop("echo.zip", b"1")
    before = storage_side.flows.stat("echo.zip")
    storage_side.drop("echo.zip", b"1")
    after = storage_side.flows.stat("echo.zip")
    assert before is not None
    assert after is not None
    assert before.etag != after.etag


def test_a_zip_is_fetched_at_its_etag_alone(storage_side: Storage, tmp_path: Path) -> None:
    storage_side.drop("a.zip", b"first")
    seen = storage_side.flows.stat("a.zip")
    assert seen is not None
    fetched = storage_side.flows.fetch_zip("a.zip", seen.etag, tmp_path)
    assert fetched is not None
    assert (fetched.name, fetched.read_bytes()) == ("package.zip", b"first")
    storage_side.drop("a.zip", b"second")
    assert storage_side.flows.fetch_zip("a.zip", seen.etag, tmp_path) is None
    storage_side.remove("a.zip")
    assert storage_side.flows.fetch_zip("a.zip", seen.etag, tmp_path) is None


def test_a_folder_is_fetched_with_its_paths_or_not_at_all(
    storage_side: Storage, tmp_path: Path
) -> None:
    for path in ("f/flow.dag.yaml", "f/sub/über ~ 1.py", "other/x"):
        storage_side.drop(path, path.encode())
    files = storage_side.flows.list("f/")
    folder = storage_side.flows.fetch_folder("f/", files, tmp_path)
    assert folder is not None
    found = {it.relative_to(folder).as_posix() for it in folder.rglob("*") if it.is_file()}
    assert found == {"flow.dag.yaml", "sub/über ~ 1.py"}
    assert (folder / "flow.dag.yaml").read_bytes() == b"f/flow.dag.yaml"
    storage_side.drop("f/flow.dag.yaml", b"changed")
    assert storage_side.flows.fetch_folder("f/", files, tmp_path / "again") is None


def test_a_name_that_leads_out_of_the_folder_is_refused(
    storage_side: Storage, tmp_path: Path
) -> None:
    storage_side.drop("f/flow.dag.yaml", b"x")
    [file] = storage_side.flows.list("f/")
    outside = file.model_copy(update={"path": "f/../flow.dag.yaml"})
    with pytest.raises(Rejected):
        storage_side.flows.fetch_folder("f/", (outside,), tmp_path)


def test_a_snapshot_has_all_blobs_and_storages_time(storage_side: Storage) -> None:
    storage_side.drop("b.zip", b"1")
    storage_side.drop("a/flow.dag.yaml", b"2")
    before = storage_side.flows.server_time()
    files, at = storage_side.flows.snapshot()
    assert [it.path for it in files] == ["a/flow.dag.yaml", "b.zip"]
    assert files == storage_side.flows.list("")
    assert before <= at <= storage_side.flows.server_time()


def test_a_snapshot_of_an_empty_container_has_the_time_too(storage_side: Storage) -> None:
    before = storage_side.flows.server_time()
    files, at = storage_side.flows.snapshot()
    assert files == ()
    assert before <= at
