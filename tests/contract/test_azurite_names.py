"""Azurite with our index of names lists what Azure Storage lists."""

import random
import uuid
from collections.abc import Iterator

import pytest
from azure.storage.blob import BlobPrefix, BlobServiceClient, ContainerClient

NAMES = [
    *("a", "a/", "a/b", "a/b/c", "a/b.c", "a/b/9", "a/b/10", "a/b+(c)/d", "a/[b]/$", "a/é"),
    *("7", "07", "7/7", "1e3", "1e3/x", "0x1f", "-", "-1", "-1/", "z/1", "Z/1", "a0/b"),
    *(f"many/{number % 7}/{number}" for number in range(60)),
]
PREFIXES = ["", "a", "a/", "a/b", "a/b/", "a/b+(", "a/[b]/", "7", "7/", "1e3/", "many/", "q/"]


@pytest.fixture(scope="module")
def containers(drop_account: BlobServiceClient) -> Iterator[tuple[ContainerClient, set[str]]]:
    """A container, and the names in it. Another one has names that it does not have."""
    tag, chance = uuid.uuid4().hex[:8], random.Random(1)
    used, other = (drop_account.create_container(f"{name}{tag}") for name in ("used", "other"))
    for name in chance.sample(NAMES, len(NAMES)):
        used.upload_blob(name, name.encode(), metadata={"n": "1"})
        other.upload_blob(f"{name}.other", b"")
    used.upload_blob("many/0/7", b"again", overwrite=True)
    gone = set(chance.sample(NAMES, 20)) - {"many/0/7", "many/1/8"}
    for name in gone:
        used.delete_blob(name)
    yield used, set(NAMES) - gone
    for container in (used, other):
        container.delete_container()


@pytest.mark.parametrize("size", [1, 7, 5000])
def test_a_prefix_is_listed_page_by_page_in_order(
    containers: tuple[ContainerClient, set[str]], size: int
) -> None:
    used, names = containers
    for prefix in PREFIXES:
        pages = used.list_blobs(name_starts_with=prefix or None, results_per_page=size).by_page()
        found = [[blob.name for blob in page] for page in pages]
        expected = sorted(name for name in names if name.startswith(prefix))
        assert [name for page in found for name in page] == expected, prefix
        assert all(len(page) <= size for page in found)


def test_folders_are_listed_once(containers: tuple[ContainerClient, set[str]]) -> None:
    used, names = containers
    for prefix in ("a/", "many/"):
        inside = {name for name in names if name.startswith(prefix)}
        rests = {it.removeprefix(prefix) for it in inside}
        expected = sorted({prefix + rest[: rest.find("/") + 1 or len(rest)] for rest in rests})
        walked = used.walk_blobs(name_starts_with=prefix, delimiter="/", results_per_page=2)
        found = [it.name if isinstance(it, BlobPrefix) else str(it.name) for it in walked]
        assert sorted(found) == expected


def test_what_is_written_is_found_by_its_name(
    containers: tuple[ContainerClient, set[str]],
) -> None:
    used, names = containers
    for name in NAMES:
        assert used.get_blob_client(name).exists() == (name in names), name
    assert used.download_blob("many/0/7").readall() == b"again"
    assert used.download_blob("many/1/8").readall() == b"many/1/8"
