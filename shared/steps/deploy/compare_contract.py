"""The gate `contract`: what both deployments accept and give."""

from typing import Any

from shared.domain.comparison.checks import verdict
from shared.domain.comparison.contract import Observed, compare_contracts, judge_contract
from shared.domain.kinds.known import kind_named
from shared.steps.deploy.compare_pair import Pair

_SAMPLES = 3
"""Samples whose answers are compared, those of the old deployment first."""


def compare_contract(pair: Pair) -> dict[str, Any]:
    """Return the verdict. At most six requests to each deployment, and no ledger in between."""
    old, new = _observe(pair, pair.old), _observe(pair, pair.new)
    names = [it.name for it in pair.samples[:_SAMPLES]]
    checks = compare_contracts(old, new, names, kind_named(pair.release.kind).stream)
    return verdict("contract", checks, *judge_contract(old, checks), pair.about)


def _observe(pair: Pair, name: str) -> Observed:
    samples = pair.samples[:_SAMPLES]
    stream = kind_named(pair.release.kind).stream
    return Observed(
        pair.interface(name),
        answers=tuple(pair.ask(name, f"sample {it.name}", it.input) for it in samples),
        stream=pair.ask(name, "a sample as a stream", samples[0].input, stream),
        empty=pair.ask(name, "a request without inputs", {}),
    )
