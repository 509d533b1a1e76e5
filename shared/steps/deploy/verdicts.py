"""The verdicts on the stages of a job's rollout, as the ledger keeps them."""

from typing import Any

from shared.domain.planning.step import Plan
from shared.ports import Ports

PASSED = frozenset({"passed", "promoted"})
"""Outcomes of a stage after which the rollout goes on."""


def verdict_name(stage: int) -> str:
    return f"verdict-{stage}"


def verdicts_of(ports: Ports, job: str, made: Plan | None) -> list[dict[str, Any]]:
    """Return the verdicts so far, in the order of the stages. One read for each stage."""
    stages = [int(it.arguments["stage"]) for it in made.steps if it.kind == "bake"] if made else []
    found = (ports.ledger.read(job, verdict_name(stage)) for stage in stages)
    return [it for it in found if it is not None]


def was_sent_back(ports: Ports, job: str, made: Plan) -> bool:
    """Return whether a stage of the job's rollout ended it: by its gate, or by a person."""
    return any(it["outcome"] not in PASSED for it in verdicts_of(ports, job, made))
