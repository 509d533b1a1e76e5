"""The page: files without data, headers that keep it shut, and no way out of its folder."""

import re
import subprocess
from pathlib import Path

import pytest

from local.places import NODE_BINARY
from tests.fakes.http import FakeHost

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "page"
FILES = sorted(it.name for it in FOLDER.iterdir())
SECRET_LIKE = re.compile(r"[A-Za-z0-9+/]{40,}|AccountKey|SharedAccessKey|/subscriptions/")


def test_the_page_is_served_without_a_key_at_its_address(host: FakeHost) -> None:
    for path in ("ui", "ui/", "ui/index.html"):
        answer = host.ask("GET", path)
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert answer.get_body() == (FOLDER / "index.html").read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_kept_and_checked_by_its_etag(host: FakeHost, name: str) -> None:
    first = host.ask("GET", f"ui/{name}")
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-cache")
    etag = first.headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = host.ask("GET", f"ui/{name}", headers={"if-none-match": known})
        assert (again.status_code, again.get_body()) == (304, b"")
        assert again.headers["ETag"] == etag
    other = host.ask("GET", f"ui/{name}", headers={"if-none-match": '"other"'})
    assert other.get_body() == first.get_body()


@pytest.mark.parametrize("path", ["ui", "ui/main.js", "ui/nothing.js"])
def test_every_answer_has_the_headers_that_keep_the_page_shut(host: FakeHost, path: str) -> None:
    headers = host.ask("GET", path).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} <= set(policy)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "ui/nothing.js",
        "ui/MAIN.JS",
        "ui/../../host.json",
        "ui/..%2f..%2fhost.json",
        "ui/%2e%2e%2f%2e%2e%2fhost.json",
        "ui/..%5chost.json",
        "ui/%00",
        "ui//etc/passwd",
        "ui/page/main.js",
    ],
)
def test_what_is_no_file_of_the_page_is_404(host: FakeHost, path: str) -> None:
    assert host.ask("GET", path).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_no_file_has_data_another_host_or_anything_inline(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert SECRET_LIKE.findall(text) == []
    hosts = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
    assert hosts <= {"https://"}  # the prefix that a link must have
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text) == []
    if name.endswith(".html"):
        assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", text) == []


def test_every_file_that_the_page_names_is_there() -> None:
    for name in FILES:
        text = (FOLDER / name).read_text(encoding="utf-8")
        named = re.findall(r"/api/ui/([\w.]+)", text) + re.findall(r"from \"\./([\w.]+)\"", text)
        assert [it for it in named if it not in FILES] == []


def test_the_page_is_deployed_with_the_app() -> None:
    left_out = (ROOT / ".funcignore").read_text().splitlines()
    assert "page/" not in left_out
    assert not {"*.js", "*.css", "*.html", "*.svg"} & set(left_out)


@pytest.mark.parametrize(
    "sent",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "deployments"),
        ("POST", "jobs/0123456789abcdef0123/cancel"),
        ("POST", "jobs/0123456789abcdef0123/retry"),
        ("POST", "endpoints/hello/rollback"),
        ("POST", "endpoints/hello/resume"),
        ("POST", "endpoints/hello/redeploy"),
        ("POST", "endpoints/hello/invoke"),
        ("DELETE", "endpoints/hello?confirm=hello"),
        ("DELETE", "endpoints/hello/deployments/blue"),
    ],
)
def test_another_site_changes_nothing(
    host: FakeHost, method: str, path: str, sent: dict[str, str]
) -> None:
    body = b'{"source": {"blob": "hello.zip"}}' if path == "deployments" else b""
    answer = host.ask(method, path, body, headers=sent)
    assert answer.status_code == 403
    assert b"another site" in answer.get_body()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "https://sluice.example"},
        {"sec-fetch-site": "none"},
        {"origin": "https://sluice.example"},
    ],
)
def test_the_page_itself_and_programs_may(host: FakeHost, sent: dict[str, str]) -> None:
    answer = host.ask("POST", "jobs/0123456789abcdef0123/cancel", headers=sent)
    assert answer.status_code == 404, "there is no such job, and that is what is said"


def test_a_view_that_did_not_change_is_not_sent_again(host: FakeHost) -> None:
    for path in ("jobs", "endpoints", "retirement"):
        first = host.ask("GET", path)
        again = host.ask("GET", path, headers={"if-none-match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.get_body()) == (200, 304, b"")
        assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda it: it.name)
def test_each_script_can_be_parsed(path: Path) -> None:
    command = [str(NODE_BINARY), "--input-type=module", "--check"]
    with path.open("rb") as script:
        done = subprocess.run(command, stdin=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
