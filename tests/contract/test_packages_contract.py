from pathlib import Path

import pytest

from shared.domain.errors import Rejected
from shared.package import limits
from tests.contract.blob_sides import Storage


def etag(storage_side: Storage, path: str) -> str:
    version = storage_side.flows.stat(path)
    assert version is not None
    return version.etag


def test_a_kept_zip_outlives_the_dropped_one(storage_side: Storage, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    storage_side.drop("prod/my flow ü.zip", content)
    dropped = etag(storage_side, "prod/my flow ü.zip")
    assert storage_side.ledger.keep_blob("j", "prod/my flow ü.zip", dropped)
    storage_side.remove("prod/my flow ü.zip")
    assert storage_side.ledger.keep_blob("j", "prod/my flow ü.zip", dropped)
    fetched = storage_side.ledger.fetch_package("j", tmp_path)
    assert fetched == tmp_path / "package.zip"
    assert fetched.read_bytes() == content


def test_a_zip_that_is_too_large_is_refused_before_it_is_fetched(
    storage_side: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_PACKED", 3)
    storage_side.drop("echo.zip", b"1234")
    assert storage_side.ledger.keep_blob("j", "echo.zip", etag(storage_side, "echo.zip"))
    with pytest.raises(Rejected, match="the zip is over"):
        storage_side.ledger.fetch_package("j", tmp_path)
    assert not (tmp_path / "package.zip").exists()


def test_a_zip_that_was_overwritten_is_not_kept(storage_side: Storage, tmp_path: Path) -> None:
    storage_side.drop("echo.zip", b"old")
    old = etag(storage_side, "echo.zip")
    storage_side.drop("echo.zip", b"new")
    assert not storage_side.ledger.keep_blob("j", "echo.zip", old)
    assert not storage_side.ledger.keep_blob("j", "gone.zip", old)
    with pytest.raises(LookupError):
        storage_side.ledger.fetch_package("j", tmp_path)


def test_an_etag_may_come_in_quotes(storage_side: Storage) -> None:
    storage_side.drop("echo.zip", b"old")
    assert storage_side.ledger.keep_blob("j", "echo.zip", f'"{etag(storage_side, "echo.zip")}"')


def test_a_kept_folder_holds_its_files_by_their_own_paths(
    storage_side: Storage, tmp_path: Path
) -> None:
    storage_side.drop("prod/echo/flow.dag.yaml", b"flow")
    storage_side.drop("prod/echo/sub dir/a.py", b"a")
    files = storage_side.flows.list("prod/echo/")
    assert storage_side.ledger.keep_folder("j", "prod/echo/", files)
    storage_side.drop("prod/echo/flow.dag.yaml", b"changed")
    assert storage_side.ledger.keep_folder("j", "prod/echo/", files)
    fetched = storage_side.ledger.fetch_package("j", tmp_path)
    assert fetched == tmp_path / "package"
    found = {
        path.relative_to(fetched).as_posix(): path.read_bytes()
        for path in fetched.rglob("*")
        if path.is_file()
    }
    assert found == {"flow.dag.yaml": b"flow", "sub dir/a.py": b"a"}


def test_a_folder_that_changed_meanwhile_is_not_kept(storage_side: Storage, tmp_path: Path) -> None:
    storage_side.drop("echo/flow.dag.yaml", b"flow")
    storage_side.drop("echo/z.py", b"old")
    files = storage_side.flows.list("echo/")
    storage_side.drop("echo/z.py", b"new")
    assert not storage_side.ledger.keep_folder("j", "echo/", files)
    with pytest.raises(LookupError):
        storage_side.ledger.fetch_package("j", tmp_path)


def test_a_name_that_is_both_file_and_folder_is_rejected(
    storage_side: Storage, tmp_path: Path
) -> None:
    storage_side.drop("echo/a", b"file")
    storage_side.drop("echo/a/b", b"inside")
    assert storage_side.ledger.keep_folder("j", "echo/", storage_side.flows.list("echo/"))
    with pytest.raises(Rejected):
        storage_side.ledger.fetch_package("j", tmp_path)


def test_a_generated_package_is_kept_once(storage_side: Storage, tmp_path: Path) -> None:
    storage_side.ledger.keep_package("j", b"zip")
    storage_side.ledger.keep_package("j", b"another")
    assert storage_side.ledger.fetch_package("j", tmp_path).read_bytes() == b"zip"
