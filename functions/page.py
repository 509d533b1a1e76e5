"""HTTP route: the files of the page, read once a process and checked by their ETag."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import azure.functions as func

from functions.answer import etag_of, has_seen, problem

FOLDER = Path(__file__).parents[1] / "page"
_FIRST = "index.html"
_KINDS: Mapping[str, str] = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
HEADERS: Mapping[str, str] = {
    # Everything is a file of this app: no script or style in the markup, no other host.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept, and asked for again by ETag: a new version of the app is never mixed with an older one.
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class _File:
    content: bytes
    kind: str
    etag: str


def ui(req: func.HttpRequest) -> func.HttpResponse:
    """Answer 200 with the file, 304 if the caller has it, 404 if it is none of the page's."""
    found = _files().get(req.route_params.get("file") or _FIRST)
    if found is None:
        missing = problem(404, "The page has no such file. It begins at /api/ui")
        missing.headers.update(HEADERS)
        return missing
    headers = {**HEADERS, "ETag": found.etag}
    if has_seen(req, found.etag):
        return func.HttpResponse(status_code=304, headers=headers, mimetype=found.kind)
    return func.HttpResponse(found.content, headers=headers, mimetype=found.kind, charset="utf-8")


@cache
def _files() -> Mapping[str, _File]:
    """Read all files, by name. A path that is asked for never reaches the disk."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _KINDS}


def _read(path: Path) -> _File:
    content = path.read_bytes()
    return _File(content, _KINDS[path.suffix], etag_of(content))
