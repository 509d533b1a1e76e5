"""Names of endpoints and deployments, and the endpoint name of a dropped package.

Names from outside are checked once, on arrival, and are `EndpointName` or `DeploymentName` from
there on. Azure ignores their case (Azure Resource Manager; azure-ai-ml writes traffic in lower
case), so we keep them in lower case.
"""

import re
from pathlib import PurePosixPath
from typing import Self

from shared.domain.errors import Finding
from shared.domain.parsing.text import WrongName, quoted

_AZURE_NAME = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_RULE = (
    "'s name has 3 to 32 characters, starts with a letter, ends with a letter or a "
    "digit, and has only letters, digits and single dashes between"
)


class EndpointName(str):
    """The name of an online endpoint, in lower case."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        return super().__new__(cls, _azure_name(text, "an endpoint"))


class DeploymentName(str):
    """The name of a deployment behind an endpoint, in lower case."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        return super().__new__(cls, _azure_name(text, "a deployment"))


def endpoint_name_problem(name: str) -> str | None:
    """Return why Azure would refuse this name for an online endpoint, or None."""
    return name_problem(name, "an endpoint")


def name_problem(name: str, what: str) -> str | None:
    """Return why Azure would refuse this name for an endpoint or a deployment (`what`), or None.

    The rule is that of azure-ai-ml (`EndpointConfigurations`), with single dashes.
    """
    if 3 <= len(name) <= 32 and _AZURE_NAME.fullmatch(name):
        return None
    return f"{quoted(name)} cannot name {what}: {what}{_RULE}"


def naming_findings(path: str, name: str, *, named: bool) -> tuple[Finding, ...]:
    """Whether the package at a path can be deployed to the endpoint of that name.

    `named`: whether the manifest says the name; else it is the zip's or folder's.
    """
    if (problem := endpoint_name_problem(name)) is not None:
        remedy = "Rename the zip or folder, or set endpoint.name in deploy.yaml"
        return (Finding(path, None, problem, remedy),)
    dropped = endpoint_name_of(path)
    if not named and dropped != name and dropped.lower() == name:
        cause = f"'{dropped}' is deployed to endpoint '{name}': Azure ML ignores the case of names"
        return (Finding(path, None, cause, "Nothing needs to be done", "warning"),)
    return ()


def _azure_name(text: str, what: str) -> str:
    if (problem := name_problem(text, what)) is not None:
        raise WrongName(problem)
    return text.lower()


def endpoint_name_of(path: str) -> str:
    """Return the endpoint name for a dropped zip or folder: the last part of its path, unchanged.

    `team/chat.zip` and `team/chat/` both give `chat`.
    """
    last = PurePosixPath(path).name
    return last[: -len(".zip")] if last.lower().endswith(".zip") else last
