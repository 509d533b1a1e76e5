"""The packages of jobs, in the ledger."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from shared.adapters.copies import Sources, copy
from shared.adapters.ledger.remembered import Remembered
from shared.adapters.ledger.store import BlobStore
from shared.adapters.targets import make_targets
from shared.domain.requests.source import FileVersion
from shared.package.folder import check_packed

_AT_ONCE = 8
# At most 4 MB in all.
_SMALL, _REMEMBERED = 256 * 1024, 16


class Packages:
    """`packages/{job}/package.zip`, or `packages/{job}/package/` and then `complete`.

    Each copied blob is complete or absent; a folder counts once its marker is written.
    """

    def __init__(self, store: BlobStore, sources: Sources) -> None:
        self._store = store
        self._sources = sources

    def keep_blob(self, job: str, path: str, etag: str) -> bool:
        """One call, two if the package exists or the source has changed."""
        return self._copy(path, etag, f"packages/{job}/package.zip")

    def keep_folder(self, job: str, path: str, files: Sequence[FileVersion]) -> bool:
        """One call per file, eight at a time, and two for the marker."""
        if self._complete(job):
            return True
        targets = [f"packages/{job}/package/{file.path.removeprefix(path)}" for file in files]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            pairs = zip(files, targets, strict=True)
            kept = pool.map(lambda pair: self._copy(pair[0].path, pair[0].etag, pair[1]), pairs)
            whole = all(kept)
        if whole:
            self._store.create(f"packages/{job}/complete")
        return whole

    def keep_package(self, job: str, content: bytes) -> None:
        """One call."""
        self._store.create(f"packages/{job}/package.zip", content)

    @cached_property
    def _small(self) -> Remembered[bytes]:
        """Small packages that this process has read: they never change, and are read twice."""
        return Remembered(_REMEMBERED)

    def fetch_package(self, job: str, into: Path) -> Path:
        """One call for a zip; none if it is small and this process has read it before."""
        zipped = into / "package.zip"
        into.mkdir(parents=True, exist_ok=True)
        if (known := self._small.get(job)) is not None:
            zipped.write_bytes(known)
            return zipped
        try:
            self._store.download(f"packages/{job}/package.zip", zipped, check_packed)
        except LookupError:
            if not self._complete(job):
                raise
            return self._fetch_folder(job, into / "package")
        if zipped.stat().st_size <= _SMALL:
            self._small.put(job, zipped.read_bytes())
        return zipped

    def _fetch_folder(self, job: str, folder: Path) -> Path:
        prefix = f"packages/{job}/package/"
        names = list(self._store.names(prefix))
        targets = make_targets(names, folder)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            paths = [prefix + name for name in names]
            list(pool.map(self._store.download, paths, targets))
        return folder

    def _complete(self, job: str) -> bool:
        return self._store.read(f"packages/{job}/complete") is not None

    def _copy(self, path: str, etag: str, target: str) -> bool:
        blob = self._store.container.get_blob_client(target)
        return copy(self._sources(path), etag, blob)
