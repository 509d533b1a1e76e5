"""Roles and their assignments."""

from typing import Protocol

from shared.domain.access.permission import Permission
from shared.domain.access.roles import Role, RoleAssignment


class Roles(Protocol):
    """Role assignments through ARM."""

    def assignments(self, scope: str, principal_id: str) -> tuple[RoleAssignment, ...]:
        """The principal's role assignments at the scope or above it."""

    def role_permissions(self, scope: str, role_id: str) -> tuple[Permission, ...]:
        """The permissions of a role; empty if its definition cannot be read."""

    def own_permissions(self, scope: str) -> tuple[Permission, ...]:
        """Sluice's own permissions at the scope; empty if they cannot be read."""

    def find_role(self, scope: str, name_or_id: str) -> Role | None:
        """Find a role by its name or id (a GUID or an ARM id); None if there is none."""

    def assign(self, scope: str, role_id: str, principal_id: str) -> RoleAssignment:
        """Grant the role; returns the existing assignment if there is one.

        Raises `Denied` if Sluice may not grant it.
        """

    def remove_assignment(self, assignment_id: str) -> None:
        """Delete a role assignment by its ARM id. No error if it does not exist."""
