"""Role assignments in memory."""

from dataclasses import replace

from shared.domain.access import roles as known_roles
from shared.domain.access.own_rights import ASSIGN_ROLES
from shared.domain.access.permission import Permission
from shared.domain.access.roles import Grant, Role, RoleAssignment, assignment_name, covers
from shared.domain.failure import Denied
from tests.fakes.faults import Breakable, breakable


class FakeRoles(Breakable):
    """Grants that are visible at once but in force only after several reads.

    `force_after`: how often `in_force` returns False for a new grant; `allowed`: whether Sluice may
    grant at all; `refused`: the ids of roles that it may not grant; `own`: Sluice's permissions.
    """

    def __init__(
        self,
        *,
        force_after: int = 0,
        allowed: bool = True,
        refused: frozenset[str] = frozenset(),
        own: tuple[Permission, ...] = (),
    ) -> None:
        super().__init__()
        self.force_after = force_after
        self.allowed = allowed
        self.refused = refused
        self.own = own
        self.looked_up: list[str] = []
        self.definitions: dict[str, tuple[Role, tuple[Permission, ...]]] = {
            role.id: (role, ()) for role in vars(known_roles).values() if isinstance(role, Role)
        }
        self.writes: list[tuple[str, str, str]] = []
        self._assignments: dict[str, RoleAssignment] = {}
        self._looks: dict[str, int] = {}

    def define(self, role: Role, *permissions: Permission) -> Role:
        """Define a custom role."""
        self.definitions[role.id] = (role, permissions)
        return role

    def give(self, scope: str, role_id: str, principal_id: str, *, by: str = "") -> RoleAssignment:
        """Grant a role as an administrator does; `by` gives the assignment its own name."""
        name = assignment_name(f"{by}{scope}", role_id, principal_id)
        assignment = RoleAssignment(
            id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
            scope=scope,
            role_id=role_id,
            principal_id=principal_id,
            created_on="2026-01-01T00:00:00+00:00",
        )
        return self._assignments.setdefault(name, assignment)

    def in_force(self, grant: Grant, principal_id: str) -> bool:
        """Return whether the grant is in force; each call lets time pass."""
        for name, assignment in self._assignments.items():
            known = self.definitions.get(assignment.role_id, (None, ()))[1]
            if covers(replace(assignment, permissions=known), grant, principal_id):
                self._looks[name] = self._looks.get(name, 0) + 1
                return self._looks[name] > self.force_after
        return False

    @property
    def held(self) -> tuple[RoleAssignment, ...]:
        """Return every assignment."""
        return tuple(self._assignments.values())

    @breakable
    def assignments(self, scope: str, principal_id: str) -> tuple[RoleAssignment, ...]:
        return tuple(
            held
            for held in self._assignments.values()
            if held.principal_id.lower() == principal_id.lower()
            and f"{scope}/".lower().startswith(f"{held.scope}/".lower())
        )

    @breakable
    def role_permissions(self, scope: str, role_id: str) -> tuple[Permission, ...]:
        assert scope
        self.looked_up.append(role_id)
        return self.definitions[role_id][1] if role_id in self.definitions else ()

    @breakable
    def own_permissions(self, scope: str) -> tuple[Permission, ...]:
        assert scope
        return (*self.own, Permission((ASSIGN_ROLES,))) if self.allowed else self.own

    @breakable
    def find_role(self, scope: str, name_or_id: str) -> Role | None:
        assert scope
        wanted = name_or_id.rpartition("/")[2].lower()
        roles = (role for role, _ in self.definitions.values())
        return next((it for it in roles if wanted in {it.id, it.name.lower()}), None)

    @breakable
    def assign(self, scope: str, role_id: str, principal_id: str) -> RoleAssignment:
        if not self.allowed or role_id in self.refused:
            raise Denied(
                "AuthorizationFailed",
                "The client does not have authorization to perform action "
                f"'Microsoft.Authorization/roleAssignments/write' over scope '{scope}'.",
                status=403,
            )
        self.writes.append((scope, role_id, principal_id))
        return self.give(scope, role_id, principal_id)

    @breakable
    def remove_assignment(self, assignment_id: str) -> None:
        if not self.allowed:
            raise Denied("AuthorizationFailed", "Sluice may not delete it.", status=403)
        self._assignments.pop(assignment_id.rpartition("/")[2], None)
