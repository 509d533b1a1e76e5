"""Compare what two deployments accept and give: pure.

Callers may rely on all that the old deployment did. So the new one must accept whatever that one
accepted, and give whatever it gave; it may accept and give more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.comparison.checks import REFUSED, Check, Outcome, Reply
from shared.domain.comparison.interface import Fields, Interface
from shared.domain.parsing.text import join_names, quoted

_ANSWER = "the whole answer"
_MOST = 5
"""Differences that are told of one check."""


@dataclass(frozen=True)
class Observed:
    """What is known of one deployment.

    Args:
        interface: what its OpenAPI document tells.
        answers: to the samples, in the order of those.
        stream: its answer to the first sample, asked as a stream.
        empty: its answer to a request without any input.
    """

    interface: Interface
    answers: tuple[Reply, ...]
    stream: Reply
    empty: Reply


def compare_contracts(
    old: Observed, new: Observed, samples: Sequence[str], stream: str
) -> tuple[Check, ...]:
    """Compare two deployments.

    Args:
        old: the one that serves.
        new: the one that is to serve.
        samples: names of the samples that were asked.
        stream: the media type of a stream.
    """
    inputs = list(_inputs(old.interface.inputs, new.interface.inputs))
    outputs = list(_outputs(old.interface.outputs, new.interface.outputs))
    answers = list(_answers(old, new, samples))
    comparable = any(it.usable for it in old.answers)
    return (
        _check("inputs", inputs, old.interface.inputs and new.interface.inputs),
        _check("outputs", outputs, old.interface.outputs and new.interface.outputs),
        _check("answers", answers, comparable, "the old deployment answers none of the samples"),
        _stream(old.stream, new.stream, stream),
        _errors(old.empty, new.empty),
    )


def judge_contract(old: Observed, checks: Sequence[Check]) -> tuple[Outcome, str]:
    """Return the verdict and its words.

    Undecided where the old deployment refuses each sample: they are not what it is called with.
    """
    failed = [f"{it.name}: {it.words}" for it in checks if it.state == "failed"]
    if failed:
        return "failed", "; ".join(failed)
    if not any(it.usable for it in old.answers) and any(it.refused for it in old.answers):
        return "undecided", REFUSED
    passed = ", ".join(it.name for it in checks if it.state == "passed")
    return "passed", f"{passed} as before" if passed else "nothing to compare with"


def _check(
    name: str, wrong: Sequence[str], known: Any, why: str = "not described by both deployments"
) -> Check:
    if wrong:
        return Check(name, "failed", "; ".join(wrong[:_MOST]))
    return Check(name, "passed", "as before") if known else Check(name, "skipped", why)


def _inputs(old: Fields | None, new: Fields | None) -> Iterator[str]:
    if old is None or new is None:
        return
    for name, kind in old.types.items():
        if name not in new.types:
            if not new.more:
                yield f"the input {quoted(name)} is not accepted any more"
        elif not _holds(new.types[name], kind):
            yield f"the input {quoted(name)} was of type {kind}, now of type {new.types[name]}"
    for name in sorted(new.required - old.types.keys()):
        yield f"the input {quoted(name)} is new, and required"


def _outputs(old: Fields | None, new: Fields | None) -> Iterator[str]:
    if old is None or new is None:
        return
    for name, kind in old.types.items():
        if name not in new.types:
            yield f"the output {quoted(name)} is gone; there are {join_names(sorted(new.types))}"
        elif not _holds(kind, new.types[name]):
            yield f"the output {quoted(name)} was of type {kind}, now of type {new.types[name]}"


def _answers(old: Observed, new: Observed, samples: Sequence[str]) -> Iterator[str]:
    for name, before, after in zip(samples, old.answers, new.answers, strict=True):
        if not before.usable:
            continue
        if not after.usable:
            yield f"sample {name}: answered by the old deployment, now {_refused(after)}"
            continue
        if before.media_type != after.media_type:
            yield f"sample {name}: the answer was {before.media_type}, now {after.media_type}"
        was, now = _types(before.body), _types(after.body)
        for output, kind in was.items():
            if output not in now:
                gone = f"{quoted(output)} is not in the answer any more"
                yield f"sample {name}: {gone}; there are {join_names(sorted(now))}"
            elif "null" not in (kind, now[output]) and now[output] != kind:
                changed = f"was of type {kind}, now of type {now[output]}"
                yield f"sample {name}: {quoted(output)} {changed}"


def _stream(old: Reply, new: Reply, stream: str) -> Check:
    if not (old.usable and old.media_type == stream):
        return Check("stream", "skipped", "the old deployment does not stream")
    if not new.usable:
        why = "broke off" if new.status == 200 and not new.complete else _refused(new)
        return Check("stream", "failed", f"the old deployment streams, the new one: {why}")
    if new.media_type != stream:
        words = f"the old deployment streams ({stream}), the new one answers {new.media_type}"
        return Check("stream", "failed", words)
    return Check("stream", "passed", "as before")


def _errors(old: Reply, new: Reply) -> Check:
    """Compare the answers to a request without inputs; who refused it may accept it now.

    No caller relies on a failure of the server, or on one that may pass.
    """
    if old.status >= 400 and not old.refused:
        return Check("errors", "skipped", f"the old deployment answers with status {old.status}")
    if old.status == new.status or (old.status >= 400 and new.status == 200):
        return Check("errors", "passed", f"a request without inputs gets {new.status}")
    words = f"a request without inputs got {old.status}, and gets {new.status}"
    return Check("errors", "failed", words)


def _refused(reply: Reply) -> str:
    return reply.problem or f"answered with status {reply.status}"


def _holds(wide: str, narrow: str) -> bool:
    """Return whether each value of the second type is one of the first, as far as it is told."""
    return not wide or not narrow or wide == narrow or (wide, narrow) == ("number", "integer")


def _types(body: Any) -> dict[str, str]:
    """The types of an answer's outputs; of the whole answer if it has none."""
    if isinstance(body, Mapping):
        return {str(name): _type(it) for name, it in body.items()}
    return {_ANSWER: _type(body)}


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
