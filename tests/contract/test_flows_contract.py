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
