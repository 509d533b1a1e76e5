"""Which deployments are hit when prompt flow and its images are retired, and what to do then.

Source: Microsoft's page "Prompt flow retirement" of 2026-06-04. The images get no updates since
2026-04-20, and cannot be pulled after 2027-04-20.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from shared.domain.release.desired_environment import RUNTIME_IMAGES

RETIRES_ON = date(2027, 4, 20)

type Runs = Literal["retired image", "prompt flow", "prompt flow, image not known"]
"""What a deployment runs that is retired. `prompt flow`: in an image that stays available."""

_OF_PROMPT_FLOW = frozenset({"PROMPTFLOW_RUN_MODE", "PRT_CONFIG_OVERRIDE"})
"""Environment variables that only the serving app of prompt flow reads."""


def what_retires(image: str, variables: Mapping[str, str], *, flow: bool) -> Runs | None:
    """Return what the deployment runs that is retired; None if nothing that can be seen.

    Args:
        image: the base image of its environment; empty if it is not known.
        variables: its environment variables.
        flow: it is known to serve a flow, since Sluice made it.
    """
    if image.startswith(RUNTIME_IMAGES):
        return "retired image"
    if not flow and not serves_prompt_flow(variables):
        return None
    return "prompt flow" if image else "prompt flow, image not known"


def serves_prompt_flow(variables: Mapping[str, str]) -> bool:
    """Return whether a deployment's environment variables are those of prompt flow."""
    return bool(_OF_PROMPT_FLOW & variables.keys())


def days_left(today: date) -> int:
    """Days until the images are gone; 0 afterwards."""
    return max(0, (RETIRES_ON - today).days)


def remedy(runs: Runs, environment: str, *, made_by_sluice: bool) -> str:
    """Return what the owner of such a deployment can do, in one sentence without the full stop."""
    if runs == "prompt flow":
        return (
            "It goes on to run, but prompt flow gets no more fixes: plan to move the flow to a "
            "scoring script or a container"
        )
    if runs == "prompt flow, image not known":
        return (
            f"Look at the FROM line of the Dockerfile behind {environment}; if it names "
            f"{RUNTIME_IMAGES}, build the environment from another image and deploy again"
        )
    if made_by_sluice:
        return (
            "Drop the flow again: its environment is then built on an image that is maintained, "
            "unless its files or the setting FLOW_BASE_IMAGE name this one"
        )
    return "Give its environment another base image and update the deployment"


def owner_of(*tags: Mapping[str, str]) -> str | None:
    """Return the value of the first tag `owner`, in any case; None if there is none."""
    named = (value for each in tags for key, value in each.items() if key.lower() == "owner")
    return next(named, None)
