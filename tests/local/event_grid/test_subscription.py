"""Event Grid's delivery: at least once, by its own schedule, and dead letters."""

import asyncio
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from azure.core.exceptions import AzureError

from local.event_grid import subscription
from local.event_grid.outbox import Event, Outbox
from local.event_grid.subscription import Subscription
from local.event_grid.webhook import NotValidatedError, Webhook


class Container:
    """A container with blobs of these versions, by name."""

    def __init__(self, **versions: str) -> None:
        self.versions = versions
        self.letters = list[tuple[str, str, int]]()
        self.breaks = False

    def new_events(self, seen: dict[str, str]) -> list[tuple[str, str, Event]]:
        if self.breaks:
            raise AzureError("away")
        return [
            (name, etag, {"id": f"{name} {etag}", "subject": name})
            for name, etag in self.versions.items()
            if seen.get(name) != etag
        ]

    def keep_dead_letter(self, event: Event, reason: str, attempts: int) -> None:
        self.letters.append((str(event["id"]), reason, attempts))


class Hook:
    """A webhook that answers with these statuses, and then 200."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.came = list[str]()

    async def deliver(self, event: Event, attempts: int) -> int:
        del attempts
        self.came.append(str(event["id"]))
        return self._statuses.pop(0) if self._statuses else 200


async def run(container: Container, hook: Hook, folder: Path, until: Callable[[], bool]) -> None:
    one = Subscription(container, Outbox(folder), hook, 0.01)  # type: ignore[arg-type]
    tasks = [asyncio.create_task(one.watch()), asyncio.create_task(one.deliver())]
    try:
        async with asyncio.timeout(120):
            while not until():  # noqa: ASYNC110 - what is waited for sets no event
                await asyncio.sleep(0.01)
    finally:
        for task in tasks:
            task.cancel()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "PAUSES", (0.01,))


def test_each_version_has_one_event_also_after_a_restart(tmp_path: Path) -> None:
    container, hook = Container(a="1", b="1"), Hook()
    left = Outbox(tmp_path).next_due
    asyncio.run(run(container, hook, tmp_path, lambda: len(hook.came) == 2 and left() is None))
    container.versions |= {"a": "2", "c": "1"}
    asyncio.run(run(container, hook, tmp_path, lambda: len(hook.came) == 4))
    assert sorted(hook.came) == ["a 1", "a 2", "b 1", "c 1"]


@pytest.mark.parametrize("status", [0, 404, 429, 500, 503])
def test_what_is_not_taken_comes_again(tmp_path: Path, status: int) -> None:
    hook = Hook(status, status)
    asyncio.run(run(Container(a="1"), hook, tmp_path, lambda: len(hook.came) == 3))
    assert Outbox(tmp_path).next_due() is None


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_the_webhook_refuses_is_a_dead_letter_at_once(tmp_path: Path, status: int) -> None:
    container, hook = Container(a="1"), Hook(status)
    asyncio.run(run(container, hook, tmp_path, lambda: bool(container.letters)))
    assert container.letters == [("a 1", f"UndeliverableDueToClientError {status}", 1)]
    assert hook.came == ["a 1"]


def test_after_thirty_tries_it_is_a_dead_letter(tmp_path: Path) -> None:
    container, hook = Container(a="1"), Hook(*[500] * 40)
    asyncio.run(run(container, hook, tmp_path, lambda: bool(container.letters)))
    assert container.letters == [("a 1", "MaxDeliveryAttemptsExceeded", 30)]
    assert len(hook.came) == 30


def test_after_a_day_it_is_a_dead_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "LONGEST_SECONDS", 0)
    container = Container(a="1")
    asyncio.run(run(container, Hook(500), tmp_path, lambda: bool(container.letters)))
    assert container.letters == [("a 1", "TimeToLiveExceeded", 1)]


def test_a_container_that_cannot_be_listed_is_listed_again(tmp_path: Path) -> None:
    container, hook = Container(a="1"), Hook()
    container.breaks = True

    def back() -> bool:
        container.breaks = False
        return bool(hook.came)

    asyncio.run(run(container, hook, tmp_path, back))


class _Answers(BaseHTTPRequestHandler):
    """Answers a validation: as it should, or with another code."""

    def do_POST(self) -> None:
        (event,) = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        right = self.path == "/right" and self.headers["aeg-event-type"] == "SubscriptionValidation"
        code = event["data"]["validationCode"] if right else "another"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"validationResponse": code}).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Print nothing."""


def test_a_webhook_must_answer_with_the_code() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        asyncio.run(Webhook(f"{url}/right").validate())
        with pytest.raises(NotValidatedError, match="200 without the validation code"):
            asyncio.run(Webhook(f"{url}/wrong").validate())
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(NotValidatedError, match="does not answer"):
        asyncio.run(Webhook(f"{url}/right").validate())
