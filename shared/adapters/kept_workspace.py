"""Azure ML through ARM, with what rarely changes read once in some minutes by a process.

No read on which a step relies to see its own effect is kept: endpoints, deployments, operations.
"""

from collections.abc import Mapping

from shared.adapters import states
from shared.adapters.aged import Aged
from shared.adapters.arm import Arm
from shared.adapters.workspace import ML, ArmWorkspace
from shared.domain.manifest.connection_variable import ConnectionShape


class KeptWorkspace(ArmWorkspace):
    """One workspace, by its ARM id."""

    def __init__(self, arm: Arm, workspace_id: str) -> None:
        super().__init__(arm, workspace_id)
        self._connections = Aged[tuple[states.Document, ...]]()
        self._credentials = Aged[str]()
        self._environments = Aged[bool]()

    def connections(self) -> frozenset[str]:
        """One GET per page: a connection may have been added since it was missed."""
        return frozenset(one["name"] for one in self._listed(fresh=True))

    def connection_shapes(self) -> Mapping[str, ConnectionShape]:
        """None after `connections`, else one GET per page."""
        return states.connection_shapes(self._listed())

    def keyless_targets(self) -> Mapping[str, str]:
        """None after `connections`, else one GET per page."""
        return states.keyless_targets(self._listed())

    def credential(self, endpoint: str, auth_mode: str, *, fresh: bool = False) -> str:
        """One POST; none in mode AADToken, nor after another one."""

        def read() -> str:
            return super(KeptWorkspace, self).credential(endpoint, auth_mode)

        if auth_mode == "AADToken":
            return read()
        return self._credentials.get(f"{endpoint} {auth_mode}", read, fresh=fresh)

    def has_environment(self, name: str, version: str) -> bool:
        """One GET; none after one that found it: a version stays as it is."""
        return self._environments.get(
            f"{name}:{version}", lambda: super(KeptWorkspace, self).has_environment(name, version)
        )

    def _listed(self, *, fresh: bool = False) -> tuple[states.Document, ...]:
        return self._connections.get(
            "", lambda: tuple(self._arm.pages(f"{self._id}/connections", ML)), fresh=fresh
        )
