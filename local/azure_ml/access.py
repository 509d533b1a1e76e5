"""Access checks against the role assignments that are in force now."""

import re
from collections.abc import Iterable, Iterator

from local.azure_ml import clock, definitions
from local.azure_ml.definitions import Role
from local.azure_ml.exchange import Answer, Call, Json, list_answer
from local.azure_ml.routing import Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store


class Access:
    """Checks rights against the stored assignments, in force `grant_seconds` after their write."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def allows(self, principal: str, action: str, scope: str, *, data: bool = False) -> bool:
        """Return whether an identity (object id) may do this on a resource, or on its data."""
        return any(_covers(role, action, data) for role in self._roles(principal, scope))

    def routes(self) -> Iterator[Route]:
        pattern = "{scope}/providers/Microsoft.Authorization/permissions"
        action = "Microsoft.Authorization/permissions/read"
        yield Route("GET", pattern, action, self._list_permissions)

    def _list_permissions(self, call: Call) -> Answer:
        roles = self._roles(call.caller.object_id, call.parts["scope"])
        return list_answer([role.permission for role in roles])

    def _roles(self, principal: str, scope: str) -> Iterator[Role]:
        for record in self._store.assignments_of(principal):
            if not self._is_in_force(record, principal):
                continue
            properties = record["resource"]["properties"]
            role = definitions.role(properties["roleDefinitionId"])
            if role and covers_scope(properties["scope"], scope):
                yield role

    def _is_in_force(self, record: Json, principal: str) -> bool:
        written: float = record["written"]
        late = self._settings.late.get(principal, self._settings.grant_seconds)
        return clock.seconds() >= written + late


def covers_scope(scope: str, other: str) -> bool:
    """Return whether a scope equals the other one or contains it."""
    inner, outer = other.rstrip("/").lower(), scope.rstrip("/").lower()
    return inner == outer or inner.startswith(f"{outer}/")


def _covers(role: Role, action: str, data: bool) -> bool:
    if data:
        return _matches(role.data_actions, action)
    return _matches(role.actions, action) and not _matches(role.not_actions, action)


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(_pattern(pattern).fullmatch(action) for pattern in patterns)


def _pattern(text: str) -> re.Pattern[str]:
    # 'workspaces/*/read' covers 'workspaces/read' too: a data scientist can read the workspace.
    escaped = re.escape(text).replace(r"/\*/", "/(?:.*/)?").replace(r"\*", ".*")
    return re.compile(escaped, re.IGNORECASE)
