"""Requests to a stack whose parts are killed meanwhile, repeated as patient clients do."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import requests

from bench.doors import PATIENCE, SAMPLE, Doors
from local.stack import Stack
from tests.e2e.client import Client, wait, zipped
from tests.e2e.events import upload_unseen


class Asking:
    """Sends requests by `blob`, `bus`, `http`, as a `lost` blob without event, or as `removal`."""

    def __init__(self, stack: Stack, pool: ThreadPoolExecutor) -> None:
        self._stack, self._pool = stack, pool
        self._client = Client(stack.facts)
        self._doors = Doors(self._client, pool)

    def ask(self, asks: Iterable[tuple[str, str]], manifest: str) -> list[Future[str]]:
        """Send each name by its door; each future gives the job or message id to look for."""
        content, asks = zipped(SAMPLE, deploy__yaml=manifest), list(asks)
        lost = {name for name, door in asks if door == "lost"}
        etags = {name: self._laid(name, door, content) for name, door in asks if door != "lost"}
        if lost:
            unseen = upload_unseen(
                self._stack,
                lambda: {f"{it}.zip": self._laid(it, "lost", content) for it in lost},
            )
            etags |= {path.removesuffix(".zip"): etag for path, etag in unseen.items()}
        return [self._pool.submit(self._by(door), it, etags[it]) for it, door in asks]

    def _by(self, door: str) -> Callable[[str, str], str]:
        asks = {"bus": self._send, "http": self._post, "removal": self._remove}
        return asks.get(door, self._job)

    def _laid(self, name: str, door: str, content: bytes) -> str:
        if door == "removal":
            return ""
        ending = "zip" if door in {"blob", "lost"} else "package"
        return self._client.upload(f"{name}.{ending}", content).strip('"')

    def _job(self, name: str, etag: str) -> str:
        return wait(partial(self._look, name, etag), PATIENCE, f"no job for {name}")

    def _look(self, name: str, etag: str) -> str | None:
        asked = {"blob": f"{name}.zip", "etag": etag}
        try:
            answer = self._client.call("GET", "jobs", params=asked)
        except requests.RequestException:
            return None
        jobs = answer.json()["jobs"] if answer.status_code == 200 else []
        return str(jobs[0]["job"]) if jobs else None

    def _send(self, name: str, etag: str) -> str:
        del etag
        self._client.send(_body(name), name)
        return name

    def _post(self, name: str, etag: str) -> str:
        del etag
        return self._doors.call("POST", "deployments", name, json=_body(name))

    def _remove(self, name: str, etag: str) -> str:
        del etag
        return self._doors.call("DELETE", f"endpoints/{name}?confirm={name}", name)


def _body(name: str) -> dict[str, Any]:
    return {"source": {"blob": f"{name}.package"}, "manifest": {"endpoint": {"name": name}}}
