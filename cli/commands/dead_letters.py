"""`sluice dead-letters`: list what ended in a dead-letter queue, replay it, or discard it."""

import json
from collections.abc import Mapping
from typing import Any

from click import UsageError

from cli.errors import DONE
from cli.service import Service
from cli.target import Target

_DONE = {"replay": "replayed", "discard": "discarded"}


def dead_letters(
    act: str, queue: str | None, letter: str | None, target: Target, *, as_json: bool
) -> int:
    """List the dead letters, or replay or discard the one that is named."""
    named = queue is not None and letter is not None
    if named is (act == "list"):
        raise UsageError("Give replay or discard with QUEUE and ID, or nothing for the list.")
    if queue is not None and letter is not None:
        return _settle(Service(target), queue, letter, act, as_json=as_json)
    return _list(Service(target), as_json=as_json)


def _list(service: Service, *, as_json: bool) -> int:
    found = service.dead_letters()
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return DONE
    for it in found:
        print(f"{it['queue']}  {it['id']}  {_when(it)}  {it['reason'] or 'no reason given'}")
        if it["description"]:
            print(f"  {it['description']}")
        for line in it["body"].splitlines()[:3]:
            print(f"  {line[:160]}")
    if found:
        print("to take one again: sluice dead-letters replay QUEUE ID")
        print("to remove one: sluice dead-letters discard QUEUE ID")
    else:
        print("no dead letters")
    return DONE


def _when(letter: Mapping[str, Any]) -> str:
    return f"{letter['enqueued'][:19]}Z" if letter["enqueued"] else "at an unknown time"


def _settle(service: Service, queue: str, letter: str, act: str, *, as_json: bool) -> int:
    done = service.settle(queue, letter, act)
    if as_json:
        print(json.dumps(done, indent=2, ensure_ascii=False))
    else:
        print(f"{queue} {letter} was {_DONE[act]} at {done['at'][:19]}Z")
        if done.get("job"):
            print(f"its job is {done['job']}: sluice watch {done['job']}")
        elif act == "replay":
            print("it is taken like a new message: GET /api/jobs lists its job")
    return DONE
