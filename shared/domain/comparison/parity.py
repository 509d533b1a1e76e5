"""Compare the answers of two deployments to the same samples, and judge them: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal

from shared.domain.comparison.answers import Difference, differences, shown
from shared.domain.comparison.checks import REFUSED, Check, Outcome, Reply
from shared.domain.comparison.settings import Allowances

MOST_SHOWN = 5
"""Samples whose differences are shown; once it has failed, no more than these are asked."""
_MOST_DIFFERENCES = 3
"""Differences that are shown of one sample."""


@dataclass(frozen=True)
class Compared:
    """What came of one sample.

    `refused`, `failed`: by the old deployment, so that there is nothing to compare with.
    """

    sample: str
    state: Literal["equal", "different", "refused", "failed"]
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Parity:
    """The verdict so far. `over`: it stands, whatever further samples are answered."""

    over: bool
    outcome: Outcome
    words: str
    checks: tuple[Check, ...]


def compared_from_json(plain: Mapping[str, Any]) -> Compared:
    found = tuple(Difference(**it) for it in plain["differences"])
    return Compared(plain["sample"], plain["state"], found)


def compare_replies(sample: str, old: Reply, new: Reply, allowed: Allowances) -> Compared:
    """Compare two answers, where the old deployment gives one."""
    if not old.usable:
        return Compared(sample, "refused" if old.refused else "failed")
    if not new.usable:
        refused = new.problem or f"status {new.status}: {shown(new.body)}"
        return Compared(sample, "different", (Difference("$", shown(old.body), refused),))
    found = tuple(islice(differences(old.body, new.body, allowed), _MOST_DIFFERENCES))
    return Compared(sample, "different" if found else "equal", found)


def judge_parity(found: Sequence[Compared], total: int, equal_percent: float) -> Parity:
    """Judge the samples that were compared so far, of `total`.

    Samples that the old deployment does not answer do not count. Where it fails at all of them,
    there is nothing that the new one must equal; where it refuses them, they are the wrong ones.
    """
    different = [it for it in found if it.state == "different"]
    left_out = sum(it.state in {"refused", "failed"} for it in found)
    failed = 100 * len(different) > (100 - equal_percent) * (total - left_out)
    whole = len(found) >= total
    over = whole or (failed and len(different) >= MOST_SHOWN)
    equal = len(found) - left_out - len(different)
    if whole and left_out == total and any(it.state == "refused" for it in found):
        return Parity(over, "undecided", REFUSED, ())
    words = f"{equal} of {len(found) - left_out} samples answered as before"
    if left_out:
        words += f", {left_out} not answered by the old deployment"
    if equal_percent < 100:
        words += f"; {equal_percent:g} % are needed"
    if failed:
        words += f". Sample {different[0].sample}, {different[0].differences[0]}"
    return Parity(over, "failed" if failed else "passed", words, _checks(different))


def _checks(different: Sequence[Compared]) -> tuple[Check, ...]:
    return tuple(
        Check(f"sample {it.sample}", "failed", "; ".join(map(str, it.differences)))
        for it in different[:MOST_SHOWN]
    )
