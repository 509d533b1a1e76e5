"""The control plane, assembled from its parts."""

import asyncio
import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local.azure_ml import assignments, definitions, workspace
from local.azure_ml.access import Access
from local.azure_ml.arm import Arm
from local.azure_ml.assets import KINDS, Assets
from local.azure_ml.assignments import Assignments
from local.azure_ml.components import Components
from local.azure_ml.connections import Connections
from local.azure_ml.containers import Containers
from local.azure_ml.datastores import Datastores
from local.azure_ml.deploying import DeploymentDelete, DeploymentPut
from local.azure_ml.deployments import OnlineDeployments
from local.azure_ml.directory import Directory
from local.azure_ml.endpoint_identity import EndpointIdentities
from local.azure_ml.endpoint_records import EndpointRecords
from local.azure_ml.endpoint_work import EndpointDelete, EndpointPut
from local.azure_ml.endpoints import OnlineEndpoints
from local.azure_ml.faults import Faults
from local.azure_ml.identities import UserIdentities
from local.azure_ml.keys import Keys
from local.azure_ml.logs import Logs
from local.azure_ml.metrics_api import MetricsApi
from local.azure_ml.metrics_store import MetricsStore
from local.azure_ml.operation_routes import OperationRoutes
from local.azure_ml.operations import Operations
from local.azure_ml.quota import Quota
from local.azure_ml.readback import WorkspaceStorage
from local.azure_ml.region_api import RegionApi
from local.azure_ml.routing import Route, Router
from local.azure_ml.runner import Runner
from local.azure_ml.runs import Runs
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from local.azure_ml.tokens import Tokens
from local.serving.contract import Serving

_LOG = logging.getLogger(__name__)
_RESTARTS_AT_ONCE = 2
_RESTARTS_WITHIN_S = 20.0
"""After this time the emulator answers while the remaining deployments still start."""


class Part(Protocol):
    """A part of the control plane that answers some of ARM's routes."""

    def routes(self) -> Iterator[Route]: ...


@dataclass(frozen=True)
class Dependencies:
    """Dependencies of the control plane. `platform` goes into every container's environment."""

    store: Store
    measured: MetricsStore
    settings: Settings
    faults: Faults
    storage: WorkspaceStorage
    serving: Serving
    folder: Path
    platform: dict[str, str]


class ControlPlane:
    """ARM and Azure ML over one store; `arm` is its ASGI app."""

    def __init__(self, given: Dependencies, openai_port: int) -> None:
        store, settings = given.store, given.settings
        self._store = store
        self._storage = given.storage
        self._restarts: list[asyncio.Task[None]] = []
        self.tokens = Tokens(store)
        self.access = Access(store, settings)
        directory = Directory(store)
        grants = Assignments(store, directory, settings)
        if store.get("secret", "seeded") is None:
            assignments.seed(grants)
            store.put("secret", "seeded", {})
        users = UserIdentities(store, directory)
        connections = Connections(store)
        connections.seed(openai_port)
        quota = Quota(store, settings)
        operations = Operations(store, given.faults)
        self._runner = Runner(operations)
        containers = Containers(store, given.storage, given.folder, given.platform)
        self._deploying = DeploymentPut(store, self.access, quota, containers, given.serving)
        self._runner.register(
            {
                ("endpoint", "put"): EndpointPut(store),
                ("endpoint", "delete"): EndpointDelete(store, given.serving),
                ("deployment", "put"): self._deploying,
                ("deployment", "delete"): DeploymentDelete(store, containers, given.serving),
            }
        )
        identities = EndpointIdentities(users, directory, self.access)
        self.components = Components(store, given.measured, settings)
        records = EndpointRecords(store, identities, self.access, grants)
        parts: tuple[Part, ...] = (
            Datastores(settings),
            *(Assets(kind, store) for kind in KINDS),
            OnlineEndpoints(store, records, operations, self._runner, settings),
            OnlineDeployments(store, operations, self._runner, settings, quota),
            OperationRoutes(operations, self.access, store, settings),
            *(Keys(store, self.tokens), Logs(store, given.serving)),
            *(grants, self.access, users, connections, quota),
            *(self.components, MetricsApi(store, given.measured, self.components, settings)),
        )
        routes = itertools.chain(
            workspace.routes(), definitions.routes(), *(part.routes() for part in parts)
        )
        self.arm = Arm(Router(list(routes)), self.tokens, self.access, settings)
        self.runs = Runs(store, given.storage)
        self.region = RegionApi(Router(list(self.runs.routes())), self.tokens, self.access)

    async def start(self) -> None:
        """Prepare the storage, restart deployments that served, and resume running operations."""
        await asyncio.to_thread(self._storage.prepare)
        limit = asyncio.Semaphore(_RESTARTS_AT_ONCE)

        async def restart(name: str) -> None:
            record = self._store.get("deployment", name)
            async with limit:
                if record and (error := await self._deploying.restart(record)):
                    _LOG.warning("%s did not restart: %s", name, error)

        served = [one for one in self._store.all("deployment") if one["serving"]]
        self._restarts = [asyncio.create_task(restart(one["resource"]["id"])) for one in served]
        if self._restarts:
            await asyncio.wait(self._restarts, timeout=_RESTARTS_WITHIN_S)
        self._runner.resume()

    async def close(self) -> None:
        for one in self._restarts:
            one.cancel()
        await self._runner.close()
