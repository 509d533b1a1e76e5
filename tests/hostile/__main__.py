"""`python -m tests.hostile [stack.json]`: send invalid requests to a running stack.

Each is sent byte for byte over a raw connection, so that no client normalises its path.
"""

import http.client
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.hostile.requests import Request, requests

SECONDS: Final = 10.0
NOT_SENT: Final = 0
"""Requests that no HTTP client sends, or that no server accepts as HTTP."""
RIGHT: Final = frozenset({400, 404, 413, NOT_SENT})


def main() -> int:
    """Print the table; return 1 after an unexpected answer, or if an endpoint is gone."""
    facts = json.loads(Path(*(sys.argv[1:] or (".local/stack.json",))).read_text())
    before = _endpoints(facts)
    rows = defaultdict[str, Counter[int]](Counter)
    slowest, wrong = 0.0, list[str]()
    for request in requests():
        began = time.monotonic()
        status = _ask(facts, request)
        slowest = max(slowest, time.monotonic() - began)
        rows[request.kind][status] += 1
        if status not in RIGHT:
            wrong.append(f"{status}  {request.method} {request.path[:80]} {request.body[:60]!r}")
    for kind, statuses in rows.items():
        counts = ", ".join(
            f"{status or 'not sent'}: {count}" for status, count in sorted(statuses.items())
        )
        print(f"{kind:<50}  {counts}")
    lost = sorted(set(before) - set(_endpoints(facts)))
    asked_in_all = sum(sum(it.values()) for it in rows.values())
    print(f"{asked_in_all} requests, slowest {slowest:.2f} s, {len(wrong)} wrong, gone: {lost}")
    print("\n".join(wrong[:20]))
    return 1 if wrong or lost else 0


def _ask(facts: dict[str, Any], request: Request) -> int:
    place = urlsplit(facts["functions_url"])
    connection = http.client.HTTPConnection(place.netloc, timeout=SECONDS)
    headers = {"x-functions-key": facts["function_key"], **request.headers}
    try:
        connection.request(request.method, f"/api/{request.path}", request.body or None, headers)
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError, ValueError):
        return NOT_SENT
    finally:
        connection.close()


def _endpoints(facts: dict[str, Any]) -> list[str]:
    place = urlsplit(facts["functions_url"])
    connection = http.client.HTTPConnection(place.netloc, timeout=SECONDS)
    connection.request("GET", "/api/endpoints", headers={"x-functions-key": facts["function_key"]})
    listed = json.loads(connection.getresponse().read())["endpoints"]
    return [it["name"] for it in listed]


if __name__ == "__main__":
    sys.exit(main())
