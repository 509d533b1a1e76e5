"""The steps that a sequence is made of, drawn by chance; each is plain data, so that it prints."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.faults import FAILURES

FAILS_TO_START, FAILS_TO_ANSWER = 8, 9
"""Contents of a flow that go wrong; all others are fine."""

SERVICES = ("ARM", "storage", "bus")
DECISIONS = ("cancel", "promote", "abort")


@dataclass(frozen=True)
class Act:
    """One step. `then`: so many things the engine does before the next step."""

    kind: str
    given: Mapping[str, Any] = field(default_factory=dict)
    then: int = 0

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.given.items())
        return f"{self.kind}({given}), then {self.then}"


def draw(chance: random.Random) -> list[Act]:
    """Draw a sequence: requests on one to five endpoints, and what gets in their way."""
    endpoints = [f"end-{number}" for number in range(chance.randint(1, 5))]
    kinds = list(_KINDS)
    weights = [_KINDS[it][0] for it in kinds]
    first = [Act("request", _request(chance, endpoints), chance.randint(0, 60))]
    drawn = chance.choices(kinds, weights, k=chance.randint(4, 24))
    return first + [
        Act(it, _KINDS[it][1](chance, endpoints), chance.choice((0, 1, 3, 10, 40))) for it in drawn
    ]


def _request(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    copies = chance.choice((1, 1, 2, 5)) if chance.random() > 0.01 else 100
    return {
        "door": chance.choice(("blob", "bus", "http")),
        "endpoint": chance.choice(endpoints),
        "content": chance.choice((0, 1, 2, 3, FAILS_TO_START, FAILS_TO_ANSWER)),
        "path": chance.randint(1, 2),
        "shape": chance.choice(("", "", "", "fixed", "canary", "invalid")),
        "copies": copies,
        "lost": chance.random() < 0.1,
        "delay": 3600 if chance.random() < 0.1 else 0,
    }


def _fault(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    del endpoints
    return {
        "service": chance.choice(SERVICES),
        "how": chance.choice([*FAILURES, "crash", "crash"]),
        "calls": chance.choice((0, 1, 2, 4, 8, 16, 32)),
        "after": chance.random() < 0.5,
    }


def _decision(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    del endpoints
    kind = chance.choice(("cancel", "cancel", *DECISIONS))
    return {"decision": kind, "back": chance.randint(1, 3), "wakes": chance.random() < 0.8}


def _named(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    return {"endpoint": chance.choice(endpoints)}


def _kill(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    del endpoints
    return {"away": chance.choice((0, 10, 90))}


def _time(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    del endpoints
    return {"seconds": chance.choice((1, 30, 70, 600))}


def _nothing(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    del chance, endpoints
    return {}


type _Drawing = Callable[[random.Random, list[str]], dict[str, Any]]

_KINDS: dict[str, tuple[int, _Drawing]] = {
    "request": (10, _request),
    "fault": (8, _fault),
    "kill": (3, _kill),
    "lose": (1, _nothing),
    "decide": (4, _decision),
    "roll_back": (2, _named),
    "resume": (2, _named),
    "remove": (1, _named),
    "time": (4, _time),
}
"""Each kind of step, with its weight."""
