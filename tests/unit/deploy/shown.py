"""Parts of a deployment, its plan and its result that tests check."""

from typing import Any

from shared.domain.azure.endpoint import DeploymentSpec
from shared.steps.deploy.planning import kept_plan
from tests.fakes.world import World

FIXED = "deployment: {name: blue}\n"


def spec_of(world: World, name: str | None = None) -> DeploymentSpec:
    """Return the spec that was PUT for a deployment of `hello`, by default the last job's."""
    return world.workspace.there.specs["hello", name or world.last["deployment"]]


def titles(world: World) -> list[str]:
    """Return the step titles of the last job's plan."""
    made = kept_plan(world.ports, world.last["job"])
    assert made is not None
    return [step.title for step in made.steps]


def causes(result: dict[str, Any]) -> str:
    """Return all findings of a result, causes and remedies."""
    return " | ".join(it["cause"] + " -> " + it["remedy"] for it in result["findings"])
