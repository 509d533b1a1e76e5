"""Permissions: what a role or a caller may do, by Azure RBAC's patterns.

https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """One entry of a role's `permissions`; a star in a pattern stands for anything."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


def permits(permissions: Iterable[Permission], action: str, *, data: bool = False) -> bool:
    """Whether any entry has the action and does not take it away again.

    Args:
        permissions: the entries.
        action: e.g. `Microsoft.Storage/storageAccounts/read`.
        data: it is an action on data, not on the resource.
    """
    for entry in permissions:
        given = entry.data_actions if data else entry.actions
        taken = entry.not_data_actions if data else entry.not_actions
        if _any(given, action) and not _any(taken, action):
            return True
    return False


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE)
        for pattern in patterns
    )
