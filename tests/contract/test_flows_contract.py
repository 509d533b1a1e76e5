from tests.contract.storage import Storage


def test_a_blob_that_is_not_there_has_no_version(storage: Storage) -> None:
    assert storage.flows.stat("none.zip") is None


def test_a_list_and_a_look_agree_on_a_blob(storage: Storage) -> None:
    storage.drop("prod/echo.zip", b"12345")
    seen = storage.flows.stat("prod/echo.zip")
    assert seen is not None
    assert (seen.path, seen.size) == ("prod/echo.zip", 5)
    assert seen.modified.endswith("+00:00")
    assert '"' not in seen.etag
    assert storage.flows.list("prod/") == (seen,)


def test_a_list_holds_what_starts_with_the_prefix_sorted_by_path(storage: Storage) -> None:
    for path in ("b/2", "a/1", "b/1", "b/sub/über ~ 1"):
        storage.drop(path, b"x")
    paths = [version.path for version in storage.flows.list("b/")]
    assert paths == ["b/1", "b/2", "b/sub/über ~ 1"]


def test_a_new_version_has_another_etag(storage: Storage) -> None:
    storage.drop("echo.zip", b"1")
    before = storage.flows.stat("echo.zip")
    storage.drop("echo.zip", b"1")
    after = storage.flows.stat("echo.zip")
    assert before is not None
    assert after is not None
    assert before.etag != after.etag
