"""Upload folders to blob storage: every file's outcome is checked, and no thread stays behind."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.adapters.blobs import BOUNDS
from shared.adapters.datastore import Credential, Datastore
from shared.adapters.translation import failure_of
from shared.domain.failure import AzureFailure, Conflict, Denied, Refused, Unavailable

_NO_KEYS = "KeyBasedAuthenticationNotPermitted"
_NO_ROLE = "AuthorizationPermissionMismatch"
_AT_ONCE = 4
_BLOCK = 4 * 1024 * 1024


class Upload:
    """Uploads one folder to a container.

    Args:
        folder: the local folder.
        files: paths of its files to upload.
        into: the folder in the container.
        seconds: the time limit of the whole upload.
        clock: returns seconds.
    """

    def __init__(
        self,
        folder: Path,
        files: tuple[str, ...],
        into: str,
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._files = files
        self._into = into
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds
        self._failed = False

    def run(self, store: Datastore, credentials: Iterable[Credential]) -> None:
        """Write every file, over existing ones.

        The next credential is tried only if the one before lacks the permission.
        """
        refused: Denied | None = None
        for credential in credentials:
            try:
                with ContainerClient(
                    store.account_url,
                    store.container,
                    credential,
                    max_single_put_size=_BLOCK,
                    max_block_size=_BLOCK,
                    **BOUNDS,
                ) as container:
                    self._all(container)
            except Denied as denied:
                if refused is not None and denied.code == _NO_KEYS:
                    message = f"{denied.message} As Sluice itself: {refused.message}"
                    raise Denied(_NO_KEYS, message, status=denied.status) from denied
                if refused is not None or denied.code != _NO_ROLE:
                    raise
                refused = denied
            else:
                return
        if refused is not None:
            raise refused

    def _all(self, container: ContainerClient) -> None:
        self._failed = False
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            begun = [pool.submit(self._one, container, path) for path in self._files]
            done, _ = wait(begun, return_when=FIRST_EXCEPTION)
            self._failed = any(map(_error, done))  # what has not begun then ends at once
        errors = [error for error in map(_error, begun) if error is not None]
        causes = [error for error in errors if not isinstance(error, _Abandoned)]
        if errors:
            raise (causes or errors)[0]

    def _one(self, container: ContainerClient, path: str) -> None:
        file = self._folder / path
        try:
            with file.open("rb") as content:
                self._go_on()
                container.upload_blob(
                    f"{self._into}/{path}",
                    content,
                    length=file.stat().st_size,
                    overwrite=True,
                    max_concurrency=1,
                    progress_hook=self._go_on,
                )
        except AzureError as error:
            raise _named(failure_of(error), path, container.url) from error

    def _go_on(self, *_: object) -> None:
        """Raise if another file has failed, or the time is over."""
        if self._failed:
            raise _Abandoned
        if self._clock() > self._end:
            message = f"Uploading to the workspace's storage was not done in {self._seconds:g} s."
            raise Unavailable("Timeout", message)


class _Abandoned(Exception):  # noqa: N818 - not an error of this file
    """Another file has failed, so this one is not finished."""


def _error(future: Future[None]) -> BaseException | None:
    return future.exception() if future.done() else None


def _named(failure: AzureFailure, path: str, url: str) -> AzureFailure:
    """Add the file and the place. A conflict of one write counts as refused: waiting is no help."""
    message = f"Uploading {path} to {url.partition('?')[0]}: {failure.message}"
    if isinstance(failure, Unavailable):
        after = failure.retry_after
        return Unavailable(failure.code, message, status=failure.status, retry_after=after)
    kind = Refused if isinstance(failure, Conflict) else type(failure)
    return kind(failure.code, message, status=failure.status)
