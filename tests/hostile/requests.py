"""Requests that must be answered 400, 404 or 413, and change nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.hostile.bodies import misshapen, unreadable
from tests.hostile.texts import azure_names

ROUTES = (
    ("GET", "endpoints/{}"),
    ("GET", "endpoints/{}/consume"),
    ("GET", "endpoints/{}/metrics"),
    ("DELETE", "endpoints/{}?confirm={}"),
    ("DELETE", "endpoints/{}"),
    ("DELETE", "endpoints/{}?force=true&confirm=hello"),
    ("DELETE", "endpoints/hello/deployments/{}"),
    ("DELETE", "endpoints/{}/deployments/blue?force=true"),
    ("POST", "endpoints/{}/redeploy"),
    ("POST", "endpoints/{}/rollback"),
    ("POST", "endpoints/{}/resume"),
    ("POST", "endpoints/{}/invoke"),
    ("POST", "endpoints/hello/invoke?deployment={}"),
    ("GET", "jobs/{}"),
    ("POST", "dead-letters/{}/7-0000abcd/replay"),
    ("POST", "dead-letters/requests/{}/discard"),
)
MINUTES = ("0", "-1", "1e3", "9" * 5_000, "٣", "1.5", "x", "43201", " 5 ", "0x5")


@dataclass(frozen=True)
class Request:
    """One request; `path` is percent-encoded, without `/api/`."""

    kind: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def requests() -> Iterator[Request]:
    """Yield all requests, more than 2,000."""
    yield from _names()
    yield from _switches()
    for body in (*unreadable(), *misshapen()):
        yield Request("POST deployments", "POST", "deployments", body)
        yield Request("POST plan", "POST", "plan", body)
        if body and b"revision" not in body and body != b"{}":
            yield Request("POST redeploy", "POST", "endpoints/hello/redeploy", body)


def _names() -> Iterator[Request]:
    for method, route in ROUTES:
        for name in azure_names():
            could_be_a_job = "jobs" in route and len(name) <= 64 and name.isascii()
            the_list = method == "GET" and route.endswith("/{}") and name in {".", "/.."}
            if not (the_list or (could_be_a_job and name.isalnum())):
                path = route.replace("{}", _encoded(name))
                yield Request(f"{method} {route}", method, path)
    for path in ("", "deployments/", "deployments/..", "deployments/%2e%2e", "deployments/."):
        yield Request("DELETE endpoints/hello/", "DELETE", f"endpoints/hello/{path}")


def _switches() -> Iterator[Request]:
    for half in ("blob=a.zip", "etag=0x1", "blob=a.zip&etag=", "blob=&etag=0x1"):
        yield Request("half of a filter", "GET", f"jobs?{half}")
    for minutes in MINUTES:
        yield Request("minutes", "GET", f"endpoints/hello/metrics?minutes={_encoded(minutes)}")
    for force in ("yes", "1", "null", "truefalse"):
        path = f"endpoints/hello/deployments/blue?force={force}"
        yield Request("force", "DELETE", path)
    for key in ("", "k" * 256, "k" * 20_000, "a\tb", "a\x7f"):
        body = b'{"source": {"blob": "nowhere.zip"}}'
        yield Request("key", "POST", "deployments", body, {"idempotency-key": key})


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")
