"""The verdicts of a job's gates, before and in its rollout, as the ledger keeps them."""

from typing import Any

from shared.domain.planning.step import Plan, Step
from shared.ports import Ports

PASSED = frozenset({"passed", "promoted"})
"""Outcomes after which the job goes on."""


def verdict_name(of: str | int) -> str:
    """Name the document of a verdict: on a stage, or of a gate before all traffic."""
    return f"verdict-{of}"


def verdicts_of(ports: Ports, job: str, made: Plan | None) -> list[dict[str, Any]]:
    """Return the verdicts so far, in the order of the plan. One read for each."""
    names = [name for step in made.steps for name in _judged(step)] if made else []
    found = (ports.ledger.read(job, verdict_name(name)) for name in names)
    return [it for it in found if it is not None]


def _judged(step: Step) -> tuple[str | int, ...]:
    if step.kind == "bake":
        return (int(step.arguments["stage"]),)
    return tuple(step.arguments["gates"]) if step.kind == "compare" else ()


def was_sent_back(ports: Ports, job: str, made: Plan) -> bool:
    """Return whether a verdict ended the job: by its gate, or by a person."""
    return any(it["outcome"] not in PASSED for it in verdicts_of(ports, job, made))
