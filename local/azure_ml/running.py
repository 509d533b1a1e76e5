"""Assembles the process: servers, proxy, and the control plane behind them."""

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.azure_ml import clock
from local.azure_ml import flags as command_line
from local.azure_ml.admin import Admin
from local.azure_ml.asgi import App
from local.azure_ml.blobs import BlobRelay
from local.azure_ml.calls import Calls
from local.azure_ml.certificates import Certificates
from local.azure_ml.containers import TELEMETRY
from local.azure_ml.faults import Faults
from local.azure_ml.hosts import Hosts, is_local_host
from local.azure_ml.identity import PATH, IdentityEndpoint
from local.azure_ml.listening import Listener
from local.azure_ml.metrics_front import MeteredApp
from local.azure_ml.metrics_ingestion import connection_string, ingestion_app
from local.azure_ml.metrics_processes import Processes
from local.azure_ml.metrics_store import KEPT_S, MetricsStore
from local.azure_ml.observed import ObservedApp
from local.azure_ml.plane import ControlPlane, Dependencies
from local.azure_ml.proxy import Proxy
from local.azure_ml.readback import WorkspaceStorage
from local.azure_ml.scored import ScoredEndpoints
from local.azure_ml.store import Store
from local.process import announce, wait_for_stop
from local.serving.contract import Endpoints, Serving
from local.serving.openai import KEY as OPENAI_KEY
from local.serving.openai import openai_app

LOOK_EVERY_S = 5.0

type ScoringFront = Callable[[Endpoints, Serving], App]


@dataclass
class Parts:
    """All servers and the parts behind them. `platform` goes to every container."""

    plane: ControlPlane
    serving: Serving
    blobs: BlobRelay
    proxy: Proxy
    bundle: Path
    platform: dict[str, str]
    azure: Listener
    identity: Listener
    admin: Listener
    openai: Listener
    ingestion: Listener
    processes: Processes
    _watching: asyncio.Task[None] | None = None

    async def start(self, proxy_port: int) -> dict[str, str]:
        """Listen, then restart the deployments that served. Returns the addresses."""
        for listener in self._listeners:
            await listener.start()
        proxy = await self.proxy.start(proxy_port, self.azure.port)
        facts = {
            "proxy": f"http://127.0.0.1:{proxy}",
            "ca_bundle": str(self.bundle),
            "identity_endpoint": f"http://127.0.0.1:{self.identity.port}{PATH}",
            "admin_url": f"http://127.0.0.1:{self.admin.port}",
        }
        self.platform |= _platform(facts)
        self.platform[TELEMETRY] = connection_string(self.plane.components.key, self.ingestion.port)
        await self.plane.start()
        self._watching = asyncio.create_task(self.processes.watch(LOOK_EVERY_S))
        return facts

    async def close(self) -> None:
        if self._watching:
            self._watching.cancel()
        await self.plane.close()
        await self.proxy.close()
        closing = (listener.close() for listener in self._listeners)
        await asyncio.gather(self.serving.close(), *closing)
        await self.blobs.close()

    @property
    def _listeners(self) -> tuple[Listener, ...]:
        return (self.azure, self.identity, self.admin, self.openai, self.ingestion)


async def run(flags: argparse.Namespace, serving: Serving, front: ScoringFront) -> None:
    """Serve until asked to stop. `front` builds the app of the inference hosts."""
    flags.state.mkdir(parents=True, exist_ok=True)
    parts = _parts(flags, serving, front)
    try:
        announce(**await parts.start(flags.proxy_port))
        await wait_for_stop(follow_stdin=flags.follow_stdin)
    finally:
        await parts.close()


def _parts(flags: argparse.Namespace, serving: Serving, front: ScoringFront) -> Parts:
    state: Path = flags.state.resolve()
    settings, faults, calls = command_line.settings(flags), Faults(), Calls()
    store, storage = Store(state / "azure_ml.sqlite"), WorkspaceStorage(flags.azurite)
    platform: dict[str, str] = {}
    measured = MetricsStore(state / "metrics.sqlite")
    measured.forget(clock.seconds() - KEPT_S)
    openai = Listener(openai_app(OPENAI_KEY), flags.openai_port)
    dependencies = Dependencies(
        store, measured, settings, faults, storage, serving, state / "deployments", platform
    )
    plane = ControlPlane(dependencies, openai.port)
    blobs = BlobRelay(flags.azurite, plane.tokens, plane.access, settings)
    scoring = MeteredApp(
        front(ScoredEndpoints(store, plane.tokens, plane.access, measured), serving), measured
    )
    certificates, proxy = Certificates(state), Proxy(is_local_host)
    observed = ObservedApp(
        Hosts(plane.arm, blobs, scoring, plane.region), calls, faults, proxy.drop
    )
    return Parts(
        plane=plane,
        serving=serving,
        blobs=blobs,
        proxy=proxy,
        bundle=certificates.bundle,
        platform=platform,
        azure=Listener(observed, 0, certificates.server_context()),
        identity=Listener(IdentityEndpoint(store, plane.tokens, settings), flags.identity_port),
        admin=Listener(
            Admin(faults, calls, settings, plane.runs.admin_routes()).app(), flags.admin_port
        ),
        openai=openai,
        ingestion=Listener(ingestion_app(measured, plane.components.key), 0),
        processes=Processes(store, plane.access, measured, serving.pids, state),
    )


def _platform(facts: dict[str, str]) -> dict[str, str]:
    """Variables that give a container Azure's network and identity."""
    return {
        "HTTPS_PROXY": facts["proxy"],
        "NO_PROXY": "127.0.0.1,localhost",
        "REQUESTS_CA_BUNDLE": facts["ca_bundle"],
        "SSL_CERT_FILE": facts["ca_bundle"],
        "IDENTITY_ENDPOINT": facts["identity_endpoint"],
    }
