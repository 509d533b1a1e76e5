"""The gate `contract`: what both deployments accept and give."""

from typing import Any

from shared.domain.comparison.checks import verdict
from shared.domain.comparison.contract import Observed, compare_contracts
from shared.domain.kinds.known import kind_named
from shared.steps.deploy.compare_pair import Pair

_SAMPLES = 3
"""Samples of the smoke test whose answers are compared."""


def compare_contract(pair: Pair) -> dict[str, Any]:
    """Return the verdict. At most six requests to each deployment, and no ledger in between."""
    old, new = _observe(pair, pair.old), _observe(pair, pair.new)
    names = [it.name for it in pair.release.smoke_test.all_samples[:_SAMPLES]]
    checks = compare_contracts(old, new, names, kind_named(pair.release.kind).stream)
    failed = [f"{it.name}: {it.words}" for it in checks if it.state == "failed"]
    passed = ", ".join(it.name for it in checks if it.state == "passed")
    words = "; ".join(failed) or f"{passed} as before"
    return verdict("contract", checks, failed=bool(failed), words=words, about=pair.about)


def _observe(pair: Pair, name: str) -> Observed:
    samples = pair.release.smoke_test.all_samples[:_SAMPLES]
    stream = kind_named(pair.release.kind).stream
    return Observed(
        pair.interface(name),
        answers=tuple(pair.ask(name, f"sample {it.name}", it.input) for it in samples),
        stream=pair.ask(name, "a sample as a stream", samples[0].input, stream),
        empty=pair.ask(name, "a request without inputs", {}),
    )
