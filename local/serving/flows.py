"""Deployments as real processes: the uploaded flow, script or app under its own server."""

import asyncio
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.serving.build import Builder, Image
from local.serving.contract import RESOURCE_NOT_READY, Container, ServingError
from local.serving.custom.images import CustomImages, Prepared, is_custom
from local.serving.inside import environ, image_root, mount
from local.serving.journal import Journal
from local.serving.overlay import Overlays
from local.serving.runtime import NotReadyError, Runtime, launch
from local.serving.scripts.images import ScriptImages

IMAGE_PORT = 8080
"""The port of the prompt flow image, whatever an inference_config says."""
SCRIPT_PORT = 5001
"""The port of the inference server of scoring scripts."""

FLOW_SERVER = Path(__file__).with_name("launch.py")
INHERITED = Path(__file__).with_name("inherited.py")
MAX_THREADS = 64
TERMINATED = (
    "User container has crashed or terminated. Please see troubleshooting guide, available here: "
    "https://aka.ms/oe-tsg#error-resourcenotready"
)
type Name = tuple[str, str]


@dataclass
class FlowServing:
    """Serves each deployment in a process of its own. See contract.Serving.

    `venv` and `wheelhouse` (by default beside it) are created by local.serving.venv. `state` holds
    overlays and logs; it may be kept between runs, for one process at a time. `environ` is pip's
    environment, not the containers'. `ready_within_s` limits the time until a container's probes
    answer. `environments`: where overlays are kept instead, also for several processes at a time.
    """

    venv: Path
    state: Path
    wheelhouse: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    ready_within_s: float = 90
    environments: Path | None = None
    _running: dict[Name, Runtime] = field(default_factory=dict)
    _turns: defaultdict[Name, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    _builder: Builder = field(init=False)
    _scripts: ScriptImages = field(init=False)
    _customs: CustomImages = field(init=False)

    def __post_init__(self) -> None:
        venv, state = self.venv.absolute(), self.state.absolute()
        wheelhouse = (self.wheelhouse or venv.parent / "wheelhouse").absolute()
        kept = (self.environments or state).absolute()
        self._builder = Builder(Overlays(kept / "overlays", venv, wheelhouse, self.environ))
        self._scripts = ScriptImages(
            venv.parent / "inference-server",
            venv.parent / "mlflow",
            kept / "scripts",
            wheelhouse,
            self.environ,
        )
        self._customs = CustomImages(
            kept / "custom", wheelhouse, self.environ, [_agent(venv.parent / "agent")]
        )
        # Left behind by a killed process; the containers themselves ended with it.
        shutil.rmtree(self._containers, ignore_errors=True)
        self._containers.mkdir(parents=True)

    async def start(self, container: Container) -> None:
        name = (container.endpoint, container.deployment)
        async with self._turns[name]:
            journal = self._journal(*name)
            journal.begin()
            runtime = await self._start(container, journal)
            replaced = self._running.get(name)
            self._running[name] = runtime
            if replaced:
                await replaced.end()

    async def stop(self, endpoint: str, deployment: str) -> None:
        async with self._turns[endpoint, deployment]:
            runtime = self._running.pop((endpoint, deployment), None)
            if runtime:
                await runtime.end()
            shutil.rmtree(self._folder(endpoint, deployment), ignore_errors=True)

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        return self._journal(endpoint, deployment).text(container)

    def url(self, endpoint: str, deployment: str) -> str | None:
        runtime = self._running.get((endpoint, deployment))
        return runtime.url if runtime and runtime.alive else None

    def pids(self, endpoint: str, deployment: str) -> list[int]:
        """Return the process ids; names are case-insensitive, as in ARM."""
        wanted = (endpoint.lower(), deployment.lower())
        return [
            runtime.process.pid
            for (one, other), runtime in self._running.items()
            if (one.lower(), other.lower()) == wanted and runtime.alive
        ]

    async def close(self) -> None:
        await asyncio.gather(*(runtime.end() for runtime in self._running.values()))
        self._running.clear()

    async def _start(self, container: Container, journal: Journal) -> Runtime:
        folder = Path(tempfile.mkdtemp(dir=self._containers))
        try:
            image = await self._image(container, journal, image_root(folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        journal.event("Downloading", "Start downloading models")
        journal.output("StorageInitializer").write_text(
            await asyncio.to_thread(mount, container, folder)
        )
        journal.stage("ModelDownload", "Succeeded")
        journal.stage("UserContainerStart", "InProgress")
        runtime = await launch(
            _command(container, image),
            environ(container, image, folder),
            folder,
            journal.output("InferenceServer"),
            image.workdir,
        )
        journal.event("Started", "Started container inference-server")
        try:
            await self._ready(runtime, container)
        except BaseException as error:
            await runtime.end()
            journal.stage("UserContainerStart", "Failed")
            if not isinstance(error, NotReadyError):
                raise
            journal.event("ContainerNotReady", str(error), kind="Warning")
            raise ServingError(RESOURCE_NOT_READY, f"{TERMINATED} ({error})") from error
        journal.stage("UserContainerStart", "Succeeded")
        journal.event("ContainerReady", "Container is ready")
        return runtime

    async def _image(self, container: Container, journal: Journal, root: Path) -> Image:
        journal.stage("SystemSetup", "Succeeded")
        journal.event("Pulling", f"Start pulling container image {container.image}")
        try:
            log = journal.folder / "image-build.log"
            if is_custom(container):
                image = await self._customs.image(container, root, log)
            else:
                builder = self._builder if container.code is None else self._scripts
                image = await builder.image(container, log, root)
        except ServingError:
            journal.stage("UserContainerImagePull", "Failed")
            raise
        journal.stage("UserContainerImagePull", "Succeeded")
        journal.event("Pulled", "Container image is pulled successfully")
        return image

    async def _ready(self, runtime: Runtime, container: Container) -> None:
        listens = IMAGE_PORT if container.code is None else SCRIPT_PORT
        if is_custom(container):
            # Its server takes the scoring route's port or none: then no probe is answered.
            listens = container.port
        for port in (container.port, *container.probe_ports):
            if port != listens:
                raise NotReadyError(
                    f"readiness probe failed: connection refused on port {port}; "
                    f"the container listens on {listens}"
                )
        await runtime.ready((container.readiness, container.liveness), self.ready_within_s)

    @property
    def _containers(self) -> Path:
        return self.state.absolute() / "containers"

    def _folder(self, endpoint: str, deployment: str) -> Path:
        return self.state / "deployments" / endpoint / deployment

    def _journal(self, endpoint: str, deployment: str) -> Journal:
        return Journal(self._folder(endpoint, deployment))


def _agent(venv: Path) -> Prepared:
    wanted = Path(__file__).with_name("agent.in").read_text().splitlines()
    return Prepared(venv, frozenset(it for it in wanted if it and not it.startswith("#")))


def _command(container: Container, image: Image) -> list[str | Path]:
    if image.command is not None:
        return [image.python, "-I", "-S", INHERITED, *image.command]
    threads = min(MAX_THREADS, container.max_concurrent * container.instances + 1)
    return [image.python, "-P", FLOW_SERVER, f"--threads={threads}"]
