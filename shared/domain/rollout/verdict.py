"""The verdict on a stage: from traffic and Sluice's own samples together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from shared.domain.rollout.figures import Figures
from shared.domain.rollout.gate import SAMPLES, TRAFFIC, Check, judge
from shared.domain.rollout.gates import EARLY, LEVEL, Gates

type Outcome = Literal["passed", "failed", "undecided", "promoted", "aborted"]


@dataclass(frozen=True)
class Evidence:
    """What is known of a stage.

    Args:
        traffic: what callers got, by Azure Monitor, without Sluice's samples.
        samples: what Sluice's samples got.
        missing: why Azure's metrics do not count, else empty: without them nothing passes.
    """

    traffic: Figures = Figures()
    samples: Figures = Figures()
    missing: str = ""


@dataclass(frozen=True)
class Judgement:
    """`outcome`: None if there is no verdict yet; `words`: why, with figures."""

    outcome: Outcome | None
    words: str
    traffic: tuple[Check, ...] = ()
    samples: tuple[Check, ...] = ()


def judge_evidence(evidence: Evidence, gates: Gates, *, over: bool) -> Judgement:
    """Judge a stage. Before its bake is `over` it can only fail, at a stricter level."""
    level = LEVEL if over else EARLY
    traffic = judge(evidence.traffic, gates, TRAFFIC, level)
    samples = judge(evidence.samples, gates, SAMPLES, level)
    failed = [
        f"{check.name} of {where}: {check.words}"
        for where, checks in (("the traffic", traffic), ("Sluice's samples", samples))
        for check in checks
        if check.state == "failed"
    ]
    if failed:
        return Judgement("failed", "; ".join(failed), traffic, samples)
    if evidence.missing:
        return Judgement(None, evidence.missing, traffic, samples)
    open_checks = _undecided(traffic, samples)
    if open_checks or not over:
        return Judgement(None, "; ".join(open_checks), traffic, samples)
    return Judgement("passed", _passed(traffic, samples), traffic, samples)


def verdict_document(
    judgement: Judgement, evidence: Evidence, stage: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """Make the document that the ledger keeps: outcome, words, checks, figures."""
    return {
        **stage,
        "outcome": judgement.outcome,
        "words": judgement.words,
        "checks": {
            "traffic": [asdict(it) for it in judgement.traffic],
            "samples": [asdict(it) for it in judgement.samples],
        },
        "figures": {"traffic": asdict(evidence.traffic), "samples": asdict(evidence.samples)},
        **more,
    }


def _undecided(traffic: Sequence[Check], samples: Sequence[Check]) -> list[str]:
    """The limits that neither traffic nor samples decide; each in the words of the former."""
    decided = {it.name for it in (*traffic, *samples) if it.state == "passed"}
    return [
        f"{check.name}: {check.words}" + _also(check, samples)
        for check in traffic
        if check.name not in decided
    ]


def _also(check: Check, samples: Sequence[Check]) -> str:
    found = next((it.words for it in samples if it.name == check.name), "")
    return f", in samples {found}" if found else ""


def _passed(traffic: Sequence[Check], samples: Sequence[Check]) -> str:
    shown = {
        it.name: f"{it.name} of Sluice's samples: {it.words}"
        for it in samples
        if it.state == "passed"
    }
    shown |= {it.name: f"{it.name}: {it.words}" for it in traffic if it.state == "passed"}
    return "; ".join(shown.values())
