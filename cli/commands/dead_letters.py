"""`sluice dead-letters`: list what ended in a dead-letter queue, replay it, or discard it."""

from click import UsageError

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import moment, print_json

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
        print_json(found)
        return DONE
    for it in found:
        why = it["reason"] or "no reason given"
        print(f"{it['queue']}  {it['id']}  {moment(it['enqueued'])}  {why}")
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


def _settle(service: Service, queue: str, letter: str, act: str, *, as_json: bool) -> int:
    done = service.settle(queue, letter, act)
    if as_json:
        print_json(done)
    else:
        print(f"{queue} {letter} was {_DONE[act]} at {done['at'][:19]}Z")
        if done.get("job"):
            print(f"its job is {done['job']}: sluice watch {done['job']}")
        elif act == "replay":
            print("it is taken like a new message: `sluice jobs` lists its job")
    return DONE
