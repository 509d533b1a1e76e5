"""Maps a call to the function that answers it and the right the caller needs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from local import cloud
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call

ML = "Microsoft.MachineLearningServices"
REGION_PATH = f"/subscriptions/{cloud.SUBSCRIPTION}/providers/{ML}/locations/{cloud.REGION}"
_KNOWN = {"{ws}": cloud.WORKSPACE_ID, "{region}": REGION_PATH, "{group}": cloud.GROUP_ID}


@dataclass(frozen=True)
class Route:
    """A method and path pattern, the action it needs (None: any caller), and its function.

    `{ws}`, `{region}` and `{group}` stand for the ids of this cloud, `{scope}` for any path (also
    the empty one), and any other name for one segment.
    """

    method: str
    pattern: str
    action: str | None
    answer: Callable[[Call], Answer]


class Router:
    """Finds the route of a call. Paths are case-insensitive, as in ARM."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(route, _compiled(route.pattern)) for route in routes]

    def find(self, call: Call) -> tuple[Route, Call]:
        """Return the route, and the call with the parts of its path.

        Raises:
            ArmError: there is no such subscription, group, workspace or route.
        """
        _check_place(call.path)
        other_method = False
        for route, pattern in self._routes:
            if match := pattern.fullmatch(call.path):
                if route.method == call.method:
                    return route, call.with_parts(match.groupdict())
                other_method = True
        if other_method:
            raise ArmError(405, "MethodNotAllowed", f"{call.method} is not allowed here.")
        raise ArmError(
            404, "InvalidResourceType", f"The emulator has no route for {call.method} {call.path}"
        )


def _compiled(pattern: str) -> re.Pattern[str]:
    for name, value in _KNOWN.items():
        pattern = pattern.replace(name, value)
    pattern = re.sub(r"[.$]", r"\\\g<0>", pattern)
    pattern = pattern.replace("{scope}", "(?P<scope>.*?)")
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), re.IGNORECASE)


def _check_place(path: str) -> None:
    parts = path.lower().split("/")
    places = dict(zip(parts[1::2], parts[2::2], strict=False))
    subscription = places.get("subscriptions", cloud.SUBSCRIPTION)
    if subscription != cloud.SUBSCRIPTION:
        message = f"The subscription '{subscription}' could not be found."
        raise ArmError(404, "SubscriptionNotFound", message)
    group = places.get("resourcegroups", cloud.RESOURCE_GROUP)
    if group != cloud.RESOURCE_GROUP:
        message = f"Resource group '{group}' could not be found."
        raise ArmError(404, "ResourceGroupNotFound", message)
    workspace = places.get("workspaces", cloud.WORKSPACE)
    if workspace != cloud.WORKSPACE:
        message = (
            f"The Resource 'Microsoft.MachineLearningServices/workspaces/{workspace}' under "
            f"resource group '{cloud.RESOURCE_GROUP}' was not found."
        )
        raise ArmError(404, "ResourceNotFound", message)
