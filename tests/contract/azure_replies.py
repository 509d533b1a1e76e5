"""Azure Storage's replies to copies, where Azurite is laxer or has none; no byte is moved.

Shapes and codes: 'Copy Blob From URL' and 'Put Block From URL', learn.microsoft.com/rest/api/
storageservices; 409 `CannotVerifyCopySource` for a source that is too large or empty, as users
of the SDKs report it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from azure.core.pipeline.transport import HttpTransport, RequestsTransportResponse

MOST_AT_ONCE = 256 * 1024 * 1024
_DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


class AzureReplies(HttpTransport[Any, Any]):
    """One source blob, and a target that does not exist yet.

    Args:
        size: the source's size in bytes; None if it was deleted.
        etag: its version.
        refusal: status and code of every copy, if Azure refuses to copy the source.
        changes: the source is replaced after this many reads.
    """

    def __init__(
        self,
        size: int | None,
        *,
        etag: str = "0x1",
        refusal: tuple[int, str] | None = None,
        changes: int | None = None,
    ) -> None:
        self.size, self.etag, self.refusal, self.changes = size, etag, refusal, changes
        self.reads: list[str] = []
        self.committed: list[str] | None = None
        self.calls: list[str] = []

    def send(self, request: Any, **_: Any) -> RequestsTransportResponse:
        query = parse_qs(urlsplit(request.url).query)
        kind = query.get("comp", ["copy" if "x-ms-copy-source" in request.headers else ""])[0]
        self.calls.append(f"{request.method} {kind}".strip())
        if request.method == "HEAD":
            return self._head(request)
        refused = self._refused(request, kind)
        if refused is not None:
            return _reply(request, refused[0], {"x-ms-error-code": refused[1]})
        if kind == "block":
            self.reads.append(request.headers["x-ms-source-range"])
        else:
            self.committed = list(self.reads)
        return _reply(request, 202 if kind == "copy" else 201, {"ETag": '"0x9"'})

    def _head(self, request: Any) -> RequestsTransportResponse:
        if "target" in urlsplit(request.url).path:
            found = 404 if self.committed is None else 200
            return _reply(
                request, found, {"x-ms-error-code": "BlobNotFound"} if found == 404 else {}
            )
        if self.size is None:
            return _reply(request, 404, {"x-ms-error-code": "BlobNotFound"})
        changed = self.changes is not None and len(self.reads) >= self.changes
        etag = "0x2" if changed else self.etag
        return _reply(request, 200, {"ETag": f'"{etag}"', "Content-Length": str(self.size)})

    def _refused(self, request: Any, kind: str) -> tuple[int, str] | None:
        if kind != "copy":
            return None
        if self.size is None:
            return 404, "CannotVerifyCopySource"
        if request.headers.get("x-ms-source-if-match") != f'"{self.etag}"':
            return 412, "SourceConditionNotMet"
        if self.refusal is None and not 0 < self.size <= MOST_AT_ONCE:
            return 409, "CannotVerifyCopySource"
        return self.refusal

    def open(self) -> None: ...

    def close(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _reply(request: Any, status: int, headers: Mapping[str, str]) -> RequestsTransportResponse:
    answer = requests.Response()
    answer.status_code = status
    answer.headers.update({"Date": _DATE, "Last-Modified": _DATE, **headers})
    answer._content = b""
    return RequestsTransportResponse(request, answer)
