"""Samples the processes of all deployments periodically."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil

from local import cloud
from local.azure_ml import clock
from local.azure_ml.access import Access
from local.azure_ml.endpoint_identity import principals
from local.azure_ml.exchange import Json
from local.azure_ml.metrics_store import MetricsStore, ProcessSample
from local.azure_ml.routing import ML
from local.azure_ml.sizes import size
from local.azure_ml.store import Store

WRITE = f"{ML}/workspaces/metrics/resource/write"
_GIB = 2**30

type Pids = Callable[[str, str], list[int]]
"""Returns the processes of a deployment, by endpoint and deployment name."""


class Processes:
    """Samples CPU, memory and disk as a share of the deployment's machine size.

    A user-assigned identity needs the right to write metrics; without it nothing is sampled, as on
    Azure.
    """

    def __init__(
        self, store: Store, access: Access, measured: MetricsStore, pids: Pids, disk: Path
    ) -> None:
        self._store = store
        self._access = access
        self._measured = measured
        self._pids = pids
        self._disk = disk
        self._known: dict[int, psutil.Process] = {}

    async def watch(self, every_s: float) -> None:
        """Sample until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(every_s)

    def look(self) -> None:
        """Take one sample of each running deployment."""
        used = shutil.disk_usage(self._disk)
        seen: dict[int, psutil.Process] = {}
        for record in self._store.all("deployment"):
            resource = record["resource"]
            endpoint, _, name = resource["id"].split("/")[-3:]
            running = self._running(self._pids(endpoint, name))
            seen |= running
            if running and self._may_write(resource["id"]):
                share = 100.0 * used.used / used.total
                self._measured.add_sample(_sample(resource, list(running.values()), share))
        self._known = seen

    def _running(self, pids: list[int]) -> dict[int, psutil.Process]:
        """Keep known processes: psutil reports CPU time since the last call on the same object."""
        found: dict[int, psutil.Process] = {}
        for pid in pids:
            try:
                found[pid] = self._known.get(pid) or psutil.Process(pid)
            except psutil.Error:
                continue  # it has just ended
        return found

    def _may_write(self, deployment_id: str) -> bool:
        endpoint = self._store.get("endpoint", deployment_id.rsplit("/deployments/", 1)[0])
        identity = endpoint["resource"]["identity"] if endpoint else {}
        if "principalId" in identity:
            return True
        ids = [found.object_id for found in principals(identity)]
        return any(self._access.allows(one, WRITE, cloud.WORKSPACE_ID) for one in ids)


def _sample(resource: Json, running: list[psutil.Process], disk: float) -> ProcessSample:
    machine = size(resource["properties"]["instanceType"])
    cores, memory = (machine.cores, machine.memory_gb) if machine else (1, 1.0)
    cpu, resident = 0.0, 0
    for process in running:
        try:
            cpu += process.cpu_percent()
            resident += process.memory_info().rss
        except psutil.Error:
            continue  # it has just ended
    return ProcessSample(
        at=clock.seconds(),
        deployment=resource["id"].lower(),
        cpu=min(100.0, cpu / cores),
        memory=min(100.0, 100.0 * resident / (memory * _GIB)),
        disk=disk,
        instances=resource["sku"]["capacity"],
    )
