"""What tests look at of a deployment, its plan and its result."""

from typing import Any

from shared.domain.azure.endpoint import DeploymentSpec
from shared.steps.deploy.planning import kept_plan
from tests.fakes.world import World

FIXED = "deployment: {name: blue}\n"


def spec_of(world: World, name: str | None = None) -> DeploymentSpec:
    """What was put for a deployment of `hello`; the last job's where none is named."""
    return world.workspace.there.specs["hello", name or world.last["deployment"]]


def titles(world: World) -> list[str]:
    """The steps of the last job's plan."""
    made = kept_plan(world.ports, world.last["job"])
    assert made is not None
    return [step.title for step in made.steps]


def causes(told: dict[str, Any]) -> str:
    """All findings of a result, causes and remedies."""
    return " | ".join(it["cause"] + " -> " + it["remedy"] for it in told["findings"])
