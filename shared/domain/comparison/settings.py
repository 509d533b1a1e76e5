"""What is compared of a new deployment and the one that serves, and in what they may differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

type Gate = Literal["contract", "parity"]


@dataclass(frozen=True)
class Allowances:
    """In what two answers may differ and still count as equal.

    Args:
        tolerance: largest difference of two numbers, as a part of the larger one.
        similar_percent: least share of the words of two texts that both have in the same order;
            100 demands equal texts.
        ignore: paths that are not compared, such as `$.answer.id` or `$.items[*].score`.
    """

    tolerance: float = 0.0
    similar_percent: float = 100.0
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """A request that was recorded or given. `name`: for people, such as `questions.jsonl:3`."""

    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """The two gates of a release before traffic.

    Args:
        contract: inputs, outputs, streams and errors must be as before; None: where the kind of
            package is another than that of what serves.
        parity: the samples must be answered as before; None as for `contract`.
        samples: the requests for `parity`; without any, those of the smoke test.
        allowances: in what answers may differ.
        equal_percent: least share of the samples whose answers must be equal.
    """

    contract: bool | None = None
    parity: bool | None = None
    samples: tuple[Recorded, ...] = ()
    allowances: Allowances = Allowances()
    equal_percent: float = 100.0

    @property
    def demanded(self) -> tuple[Gate, ...]:
        """The gates that are asked for, whatever the kinds."""
        return self._gates(by_default=False)

    def gates(self, *, other_kind: bool) -> tuple[Gate, ...]:
        """Return the gates that apply; `other_kind`: what serves is of another kind."""
        return self._gates(by_default=other_kind)

    def _gates(self, *, by_default: bool) -> tuple[Gate, ...]:
        asked: tuple[tuple[Gate, bool | None], ...] = (
            ("contract", self.contract),
            ("parity", self.parity),
        )
        return tuple(gate for gate, on in asked if (by_default if on is None else on))


@dataclass(frozen=True)
class ComparisonFloor:
    """The least that an operator demands of a comparison; the three numbers are the loosest."""

    contract: bool = True
    parity: bool = True
    equal_percent: float = 100.0
    similar_percent: float = 100.0
    tolerance: float = 0.0

    def joined(self, other: "ComparisonFloor | None") -> "ComparisonFloor":
        """Return the stricter of two in each respect."""
        if other is None:
            return self
        return ComparisonFloor(
            contract=self.contract or other.contract,
            parity=self.parity or other.parity,
            equal_percent=max(self.equal_percent, other.equal_percent),
            similar_percent=max(self.similar_percent, other.similar_percent),
            tolerance=min(self.tolerance, other.tolerance),
        )

    def objections(self, asked: Comparison) -> Iterator[str]:
        """Say in what a comparison is less than this."""
        if self.contract and not asked.contract:
            yield "the contract is not compared"
        if not self.parity:
            return
        if not asked.parity:
            yield "the answers are not compared"
        if asked.equal_percent < self.equal_percent:
            yield f"fewer than {self.equal_percent:g} % of the samples must be equal"
        if asked.allowances.similar_percent < self.similar_percent:
            yield f"texts may be less than {self.similar_percent:g} % similar"
        if asked.allowances.tolerance > self.tolerance:
            yield f"the tolerance is more than {self.tolerance:g}"
