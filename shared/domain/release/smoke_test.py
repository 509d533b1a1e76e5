"""The smoke test of a new deployment before it gets traffic, as the release keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

FOLLOW_UP = "And what have I asked you before?"


@dataclass(frozen=True)
class Sample:
    """One request. `expect` is the manifest's Expectation, as plain JSON."""

    input: Mapping[str, Any]
    expect: Mapping[str, Any] | None = None
    name: str = ""


@dataclass(frozen=True)
class ChatTest:
    """The second turn of a chat: the names of the flow's chat input, history and output."""

    input: str
    history: str
    output: str
    follow_up: str | None = None


@dataclass(frozen=True)
class SmokeTest:
    """The sample that the new deployment must answer, and what the manifest expects of it.

    Args:
        input: input of the first sample, also the sample request of the result.
        expect: expectation of the first sample.
        samples: the further samples.
        chat: the second turn of a chat; None for other flows, or if switched off.
        stream: the first sample must also be answered as a stream of events.
        name: name of the first sample.
    """

    input: Mapping[str, Any]
    expect: Mapping[str, Any] | None = None
    samples: tuple[Sample, ...] = ()
    chat: ChatTest | None = None
    stream: bool = False
    name: str = ""

    @property
    def all_samples(self) -> tuple[Sample, ...]:
        """All samples; those without a name are named by their number."""
        first = Sample(self.input, self.expect, self.name)
        return tuple(
            Sample(each.input, each.expect, each.name or f"{number}")
            for number, each in enumerate((first, *self.samples), start=1)
        )


def joined_samples(*tests: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return the samples of several tests, those with the same input once, numbered anew."""
    found = list[Sample]()
    for sample in (it for test in tests for it in test):
        if all(sample.input != it.input for it in found):
            name = f"{len(found) + 1}" if sample.name.isdigit() else sample.name
            found.append(replace(sample, name=name))
    return tuple(found)


def second_turn(chat: ChatTest, first: Mapping[str, Any], answer: Any) -> dict[str, Any]:
    """Make the request of a chat's second turn, with the first one in prompt flow's history.

    `[{"inputs": {...}, "outputs": {...}}]`: the inputs without the history itself, and all
    outputs. A chat input that is not text is sent again.
    """
    inputs = {name: value for name, value in first.items() if name != chat.history}
    follow_up = chat.follow_up or FOLLOW_UP
    words = follow_up if isinstance(first.get(chat.input), str) else first.get(chat.input)
    before = first.get(chat.history)
    turns = list(before) if isinstance(before, list) else []
    return {
        **first,
        chat.input: words,
        chat.history: [*turns, {"inputs": inputs, "outputs": dict(answer)}],
    }
