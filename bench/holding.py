"""Holds the nth call that the app makes to Azure: ARM, storage, and endpoints.

The emulator counts the calls and holds one, before it is carried out (and then never is) or after,
so that whoever asked can be killed in the middle of it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.e2e.client import Client

type When = Literal["before", "after"]

WHENS: Final[tuple[When, ...]] = ("before", "after")
_SECONDS: Final = 180
"""A held call of a killed app keeps a connection of the emulator for so long."""


@dataclass(frozen=True)
class Hold:
    """A call that is held, or will be."""

    client: Client
    id: int
    nth: int
    path: str

    @property
    def came(self) -> bool:
        rules = self.client.admin("GET", "faults").json()
        return any(it["id"] == self.id and it["acted"] for it in rules)

    def words(self) -> str:
        """The held call, if the log was cleared when the count began."""
        calls = [it for it in self.client.calls() if re.search(self.path, it["path"])]
        if len(calls) < self.nth:
            return "no call"
        call = calls[self.nth - 1]
        return f"{call['method']} {call['host'].partition('.')[0]} {call['path'][-70:]}"


@contextmanager
def held(client: Client, nth: int, when: When, **calls: str) -> Iterator[Hold]:
    """Hold the nth call from now on; `calls` narrows which count: `method`, `path`, `host`."""
    rule: dict[str, Any] = {"nth": nth, "delay": _SECONDS, "when": when, **calls}
    if when == "before":
        rule["drop"] = True
    answer = client.admin("POST", "faults", json=rule)
    assert answer.status_code == 201, answer.text
    try:
        yield Hold(client, int(answer.json()["id"]), nth, calls.get("path", ""))
    finally:
        client.admin("DELETE", f"faults/{answer.json()['id']}")
