"""The gate `parity`: samples are asked of both deployments, and their answers compared."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from shared.domain.comparison.checks import verdict
from shared.domain.comparison.parity import (
    Compared,
    compare_replies,
    compared_from_json,
    judge_parity,
)
from shared.domain.comparison.settings import Recorded
from shared.domain.jobs.step_report import StepReport, waiting
from shared.steps.deploy.compare_pair import Pair

_AT_ONCE = 20.0
"""Seconds after which a call asks no further sample: a call that dies is made again."""


def compare_samples(pair: Pair) -> StepReport | dict[str, Any]:
    """Return the verdict, or ask further samples and wait for the next call.

    What was compared is kept in documents of the job, so that no sample is asked again.
    """
    comparison, samples = pair.release.comparison, _samples(pair)
    batches = tuple(_batches(pair))
    found = [it for batch in batches for it in batch]
    parity = judge_parity(found, len(samples), comparison.equal_percent)
    if parity.over:
        return verdict("parity", parity.checks, parity.outcome, parity.words, pair.about)
    compared = len(found) + _ask(pair, samples[len(found) :], len(batches))
    return waiting(f"{compared} of {len(samples)} samples compared", retry_after=0)


def _samples(pair: Pair) -> tuple[Recorded, ...]:
    tested = pair.samples
    return pair.release.comparison.samples or tuple(Recorded(it.name, it.input) for it in tested)


def _batches(pair: Pair) -> Iterator[list[Compared]]:
    for number in count():
        kept = pair.ports.ledger.read(pair.call.job, f"compared-{number}")
        if kept is None:
            return
        yield [compared_from_json(it) for it in kept["samples"]]


def _ask(pair: Pair, samples: Sequence[Recorded], batch: int) -> int:
    """Compare some samples and keep what came of them; return how many. Raises as `Pair.ask`."""
    begun, made = pair.ports.now(), list[Compared]()
    try:
        for sample in samples:
            made.append(_compared(pair, sample))
            if (pair.ports.now() - begun).total_seconds() >= _AT_ONCE:
                break
    finally:
        if made:
            document = {"samples": [it.as_json() for it in made]}
            pair.ports.ledger.write_once(pair.call.job, f"compared-{batch}", document)
    return len(made)


def _compared(pair: Pair, sample: Recorded) -> Compared:
    old, new = (pair.ask(it, f"sample {sample.name}", sample.input) for it in (pair.old, pair.new))
    return compare_replies(sample.name, old, new, pair.release.comparison.allowances)
