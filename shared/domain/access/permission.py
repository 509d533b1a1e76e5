"""Permissions of a role or a caller, as Azure RBAC patterns.

https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """One entry of a role's `permissions`; `*` in a pattern matches anything."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


def permits(permissions: Iterable[Permission], action: str, *, data: bool = False) -> bool:
    """Return whether any entry allows the action and does not exclude it again.

    Args:
        permissions: the entries.
        action: e.g. `Microsoft.Storage/storageAccounts/read`.
        data: the action is a data action.
    """
    for entry in permissions:
        allowed = entry.data_actions if data else entry.actions
        excluded = entry.not_data_actions if data else entry.not_actions
        if _matches(allowed, action) and not _matches(excluded, action):
            return True
    return False


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE)
        for pattern in patterns
    )
