"""What names Azure takes, and which name a dropped package asks for."""

import re
from pathlib import PurePosixPath

from shared.domain.errors import rejected

ENDPOINT_NAME = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_RULE = (
    "'s name has 3 to 32 characters, starts with a letter, ends with a letter or a "
    "digit, and has only letters, digits and single dashes between"
)
ENDPOINT_NAME_RULE = f"an endpoint{_RULE}"


def endpoint_name_problem(name: str) -> str | None:
    """Why Azure would refuse this name of an online endpoint, or None."""
    return name_problem(name, "an endpoint")


def name_problem(name: str, what: str) -> str | None:
    """Why Azure would refuse this name of an endpoint or a deployment (`what`), or None.

    The rule is that of azure-ai-ml (`EndpointConfigurations`), with single dashes.
    """
    if 3 <= len(name) <= 32 and ENDPOINT_NAME.fullmatch(name):
        return None
    return f"'{name}' cannot name {what}: {what}{_RULE}"


def named(name: str, what: str = "an endpoint") -> str:
    """A name that a caller gave, before it becomes part of a path. Raises Rejected."""
    problem = name_problem(name, what)
    if problem is not None:
        raise rejected("request", problem, "Correct the name")
    return name


def endpoint_name_of(path: str) -> str:
    """The name that a dropped zip or folder asks for: its last part, as it is, never repaired.

    `team/chat.zip` and `team/chat/` both ask for `chat`.
    """
    last = PurePosixPath(path).name
    return last[: -len(".zip")] if last.lower().endswith(".zip") else last
