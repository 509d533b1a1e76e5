"""The verdicts on the stages of a job's rollout, as the ledger keeps them."""

from typing import Any

from shared.domain.planning.step import Plan
from shared.ports import Ports


def verdict_name(stage: int) -> str:
    return f"verdict-{stage}"


def verdicts_of(ports: Ports, job: str, made: Plan | None) -> list[dict[str, Any]]:
    """Return the verdicts so far, in the order of the stages. One read for each stage."""
    stages = [int(it.arguments["stage"]) for it in made.steps if it.kind == "bake"] if made else []
    found = (ports.ledger.read(job, verdict_name(stage)) for stage in stages)
    return [it for it in found if it is not None]


def has_failed(ports: Ports, job: str, made: Plan) -> bool:
    """Return whether a gate of the job's rollout has failed."""
    return any(it["outcome"] == "failed" for it in verdicts_of(ports, job, made))
