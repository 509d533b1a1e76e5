"""Who may do what: roles and their assignments."""

from typing import Protocol

from shared.domain.access.permission import Permission
from shared.domain.access.roles import Role, RoleAssignment


class Roles(Protocol):
    """Role assignments through ARM."""

    def assignments(self, scope: str, principal_id: str) -> tuple[RoleAssignment, ...]:
        """What the principal holds at the scope or above it."""

    def role_permissions(self, scope: str, role_id: str) -> tuple[Permission, ...]:
        """What a role allows; nothing where its definition cannot be read."""

    def own_permissions(self, scope: str) -> tuple[Permission, ...]:
        """What Sluice itself may do at the scope; nothing where that cannot be read."""

    def find_role(self, scope: str, named: str) -> Role | None:
        """The role of that name or id (a GUID or an ARM id); None where there is none."""

    def assign(self, scope: str, role_id: str, principal_id: str) -> RoleAssignment:
        """Grant; also where it was there already. Raises `Denied` where Sluice may not."""

    def take_away(self, assignment_id: str) -> None:
        """End a role assignment, by its ARM id. No error where it is not there."""
