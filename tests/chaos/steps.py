"""The steps that a sequence is made of, drawn by chance; each is plain data, so that it prints."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.chaos.faults import FAILURES

ANSWERS_OTHERWISE, FAILS_TO_START, FAILS_TO_ANSWER = 7, 8, 9
"""Contents of a flow that go wrong; all others are fine, and answer alike."""
CONTENTS = (0, 1, 2, 3, ANSWERS_OTHERWISE, FAILS_TO_START, FAILS_TO_ANSWER)

SERVICES = ("ARM", "storage", "bus")
DECISIONS = ("cancel", "promote", "abort", "approve", "reject")
SHAPES = (
    *("", "", "", "fixed", "canary", "writes", "traffic", "canary traffic", "compared"),
    *("compared canary", "invalid"),
)
"""What the manifest asks for; `writes` and `traffic` need a person's approval before that."""


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
    """Draw a sequence: requests on some endpoints, and what gets in their way."""
    return chance.choices((_usual, _race, _crowd, _back), (84, 6, 2, 8))[0](chance)


def _usual(chance: random.Random) -> list[Act]:
    """A few requests on one to five endpoints."""
    endpoints = _endpoints(chance, chance.randint(1, 5))
    first = [Act("request", _request(chance, endpoints), chance.randint(0, 60))]
    return first + _acts(chance, endpoints, list(_KINDS), chance.randint(4, 24))


def _race(chance: random.Random) -> list[Act]:
    """20 requests at once on one endpoint, or one on each of 20, with people in between."""
    many = chance.random() < 0.5
    endpoints = _endpoints(chance, 20 if many else 1)
    asked = [
        Act("request", _request(chance, [it])) for it in (endpoints if many else endpoints * 20)
    ]
    disturbs = ["again", "decide", "retry", "roll_back", "resume", "kill", "fault"]
    between = _acts(chance, endpoints, disturbs, 15)
    chance.shuffle(mixed := asked + between)
    return mixed


def _crowd(chance: random.Random) -> list[Act]:
    """50 requests on ten endpoints while the host dies 20 times."""
    endpoints = _endpoints(chance, 10)
    asked = _acts(chance, endpoints, ["request"], 50)
    chance.shuffle(mixed := asked + _acts(chance, endpoints, ["kill"], 20))
    return mixed


def _back(chance: random.Random) -> list[Act]:
    """One request, another that comes late, and the first again."""
    endpoints = _endpoints(chance, 1)
    one, other = (_request(chance, endpoints) for _ in range(2))
    one["door"], other["door"] = chance.choice(("bus", "http")), "bus"
    other["delay"] = chance.choice((0, 60, 3600))
    steps = [Act("request", one), Act("request", other), Act("again", {"door": "http", "back": 2})]
    disturbs = ["time", "fault", "kill"]
    mixed = [it for step in steps for it in (step, *_acts(chance, endpoints, disturbs, 1))]
    return [replace(it, then=chance.choice((0, 0, 1, 3))) for it in mixed]


def _endpoints(chance: random.Random, count: int) -> list[str]:
    """Names of endpoints; the policy asks for an approval at those that are ruled."""
    ruled = ("", "", "", "", "-ruled-writes", "-ruled-traffic")
    return [f"end-{number}{chance.choice(ruled)}" for number in range(count)]


def _acts(chance: random.Random, endpoints: list[str], kinds: list[str], count: int) -> list[Act]:
    weights = [_KINDS[it][0] for it in kinds]
    return [
        Act(it, _KINDS[it][1](chance, endpoints), chance.choice((0, 1, 3, 10, 40)))
        for it in chance.choices(kinds, weights, k=count)
    ]


def _request(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    copies = chance.choice((1, 1, 2, 5)) if chance.random() > 0.01 else 100
    return {
        "door": chance.choice(("blob", "bus", "http")),
        "endpoint": chance.choice(endpoints),
        "content": chance.choice(CONTENTS),
        "path": chance.randint(1, 2),
        "shape": chance.choice(SHAPES),
        "copies": copies,
        "lost": chance.random() < 0.1,
        "delay": 3600 if chance.random() < 0.1 else 0,
    }


def _again(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    """The same as somebody asked before, so many requests ago, in a request of its own."""
    del endpoints
    return {"door": chance.choice(("bus", "http")), "back": chance.choice((2, 2, 3))}


def _storm(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    return {
        "endpoint": chance.choice(endpoints),
        "content": chance.choice(CONTENTS),
        "path": chance.randint(1, 2),
        "copies": chance.choice((3, 10, 100)),
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
    kind = chance.choice(("cancel", "approve", "reject", *DECISIONS))
    return {"decision": kind, "back": chance.randint(1, 3), "wakes": chance.random() < 0.8}


def _retry(chance: random.Random, endpoints: list[str]) -> dict[str, Any]:
    del endpoints
    return {"back": chance.randint(1, 4), "copies": chance.choice((1, 1, 2, 5))}


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
    "storm": (1, _storm),
    "again": (4, _again),
    "fault": (8, _fault),
    "kill": (3, _kill),
    "lose": (1, _nothing),
    "decide": (4, _decision),
    "retry": (3, _retry),
    "roll_back": (2, _named),
    "resume": (2, _named),
    "remove": (1, _named),
    "time": (4, _time),
}
"""Each kind of step, with its weight."""
