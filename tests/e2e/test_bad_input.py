"""Bad input ends as rejected, with its reason, and delays no other job."""

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, wait, zipped


def _zip(**entries: Any) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return written.getvalue()


def _raw(*entries: tuple[str, bytes, int]) -> bytes:
    """Entries with the Unix mode that they claim."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


def _encrypted() -> bytes:
    content = bytearray(_zip(**{"flow.dag.yaml": "inputs: {}"}))
    for sign in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.index(sign) + (6 if sign[2] == 3 else 8)
        content[at] |= 1
    return bytes(content)


FILE, LINK, DEVICE = stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o644
BAD = {
    "absolute": _zip(**{"/etc/passwd": "x"}),
    "parent": _zip(**{"../up.py": "x"}),
    "link": _raw(("flow.dag.yaml", b"x: 1", FILE), ("link", b"/etc/passwd", LINK)),
    "device": _raw(("flow.dag.yaml", b"x: 1", FILE), ("null", b"", DEVICE)),
    "cases": _zip(**{"Flow.py": "x", "flow.py": "y", "flow.dag.yaml": "inputs: {}"}),
    "encrypted": _encrypted(),
    "many": _zip(**{f"f{number}.txt": "" for number in range(2001)}),
    "bomb": _zip(**{"flow.dag.yaml": "inputs: {}", "zeros": b"\0" * 30_000_000}),
    "torn": _zip(**{"flow.dag.yaml": "inputs: {}"})[:-30],
    "text": b"this is no zip at all",
    "empty": _zip(),
    "twice": _zip(**{"flow.dag.yaml": "inputs: {}\ninputs: {}\n"}),
}


@pytest.fixture(scope="module")
def dropped(echo: Client) -> dict[str, str]:
    """Drop all bad packages one after the other; return their jobs."""
    return {kind: echo.drop(f"bad/{kind}.zip", content) for kind, content in BAD.items()}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_package_is_rejected_once_with_the_reason(
    echo: Client, dropped: dict[str, str], kind: str
):
    result = echo.outcome(dropped[kind])

    assert result["outcome"] == "rejected"
    assert result["findings"], result
    assert all(finding["cause"] and finding["remedy"] for finding in result["findings"])
    (event,) = echo.results(dropped[kind])
    assert event["data"]["outcome"] == "rejected"
    assert echo.endpoint(kind) is None


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b'{"source": {}}',
        b'{"source": {"blob": "nowhere.zip"}}',
        b'{"source": {"endpoint": "nowhere"}}',
        b'{"source": {"blob": "a.zip"}, "surprise": 1}',
    ],
)
def test_a_bad_message_is_rejected_without_a_second_try(echo: Client, body: bytes):
    before = {it["job"] for it in echo.call("GET", "jobs").json()["jobs"]}
    echo.send(body)

    def made() -> str | None:
        jobs = echo.call("GET", "jobs").json()["jobs"]
        return next((it["job"] for it in jobs if it["job"] not in before), None)

    job = wait(made, 300, "the message left no trace")
    result = echo.outcome(job)

    assert result["outcome"] == "rejected"
    assert result["findings"]
    assert len(echo.results(job)) == 1


def test_a_bad_call_is_refused_at_once(echo: Client):
    answer = echo.call("POST", "deployments", json={"source": {"blob": "nowhere.zip"}})

    assert answer.status_code == 400
    assert "no such blob" in answer.json()["error"]


def test_a_good_package_after_bad_ones_is_deployed(echo: Client, samples: Path):
    assert echo.deploy("bad/good.zip", zipped(samples / "hello"))["outcome"] == "succeeded"
