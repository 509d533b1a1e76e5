"""References to registered environments."""

import re
from dataclasses import dataclass

_ARM = re.compile(
    r"(?P<workspace>/subscriptions/[^/]+/resourceGroups/[^/]+/providers"
    r"/Microsoft\.MachineLearningServices/workspaces/[^/]+)/environments/(?P<name>[^/]+)/versions/(?P<version>[^/]+)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?P<name>[^:@/\s]+)(:(?P<version>[^:@/\s]+)|@latest)?")


@dataclass(frozen=True)
class EnvironmentReference:
    """A version of an environment in a workspace; None is the latest.

    `workspace`: ARM id of the workspace, if the reference has it.
    """

    name: str
    version: str | None = None
    workspace: str | None = None


@dataclass(frozen=True)
class RegisteredEnvironment:
    """An environment version as Azure ML reports it.

    `serves`: it has an inference_config, without which a deployment ends in MissingDriverProgram.
    `scoring_path`: of that, None without one.
    """

    id: str
    image: str = ""
    serves: bool = False
    scoring_path: str | None = None


def read_reference(text: str) -> EnvironmentReference | None:
    """Read `azureml:name[:version]`, `azureml:name@latest` or an ARM id; None for other texts."""
    plain = text.strip().removeprefix("azureml:")
    if (match := _ARM.fullmatch(plain)) is not None:
        return EnvironmentReference(match["name"], match["version"], match["workspace"])
    match = _NAMED.fullmatch(plain)
    return None if match is None else EnvironmentReference(match["name"], match["version"])
