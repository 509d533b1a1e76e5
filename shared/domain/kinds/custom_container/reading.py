"""Read a custom container: its Dockerfile, its routes and its model, with all findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename, join, normpath

from shared.domain.errors import Finding
from shared.domain.kinds.custom_container.app import AGENT_PORT, is_agent, program_of
from shared.domain.kinds.custom_container.command import (
    Listening,
    listening,
    listening_in,
    start_words,
)
from shared.domain.kinds.custom_container.context import copy_findings
from shared.domain.kinds.custom_container.dockerfile import Stage, read_dockerfile
from shared.domain.kinds.custom_container.model import CustomContainer
from shared.domain.kinds.custom_container.routes import Exposed, exposed_ports, route_findings
from shared.domain.kinds.files import Files
from shared.domain.kinds.kind import OwnServer
from shared.domain.kinds.registered import registered_model
from shared.domain.kinds.sample_file import sample_in_file
from shared.domain.kinds.scoring_script.asked import Asked
from shared.domain.kinds.scoring_script.model_path import named_path, part_of
from shared.domain.requests.flow_folder import DOCKERFILE

_PORT = 8000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_NO_SERVER = ("python", "ubuntu", "debian", "alpine", "busybox", "azurelinux", "node")
"""Base images that start no server by themselves, by the start of their name."""


@dataclass(frozen=True)
class BuildPlace:
    """The folder of the build context in the package, and the Dockerfile's path in it."""

    folder: str
    dockerfile: str

    @property
    def file(self) -> str:
        """The Dockerfile's path in the package."""
        return normpath(join(self.folder, self.dockerfile))


def build_place(asked: Asked) -> BuildPlace | None:
    """Return what is built; None for an image that exists.

    A Dockerfile at the top of the package is built where the deployment names nothing.
    """
    build = asked.environment.get("build")
    if isinstance(build, Mapping):
        folder, file = build.get("path") or ".", build.get("dockerfile_path") or DOCKERFILE
        return BuildPlace(normpath(str(folder)), normpath(str(file)))
    return None if asked.environment.get("image") else BuildPlace(".", DOCKERFILE)


def read_container(asked: Asked, files: Files) -> tuple[CustomContainer, tuple[Finding, ...]]:
    """Read the container that is asked for.

    Args:
        asked: The deployment, or none.
        files: The package, with the texts of its Dockerfile, Python files and requirements.
    """
    path, wrong = named_path(asked, files)
    part = part_of(asked, path)
    registered, unknown = registered_model(asked.model)
    findings = [*wrong]
    if unknown is not None:
        findings.append(asked.finding_at(("model",), *unknown))
    place, sample = build_place(asked), sample_in_file(files)
    if place is None:
        image = str(asked.environment["image"])
        if (newest := _newest(image)) is not None:
            findings.append(asked.finding_at(("environment", "image"), *newest, "warning"))
        findings += route_findings(asked, (), None)
        return CustomContainer(None, image, part, registered, sample), tuple(findings)
    stage, server, wrong = _built(asked, place, files)
    findings += wrong
    image = stage.base if stage is not None else ""
    return CustomContainer(server, image, part, registered, sample), tuple(findings)


def _built(
    asked: Asked, place: BuildPlace, files: Files
) -> tuple[Stage | None, OwnServer, tuple[Finding, ...]]:
    text = files.texts.get(place.file)
    stage, findings = (None, ()) if text is None else read_dockerfile(text, place.file)
    if stage is None:
        return None, OwnServer(place.folder, place.dockerfile, _PORT, "/health", "/score"), findings
    variables = {**stage.variables, **_variables(asked)}
    words = start_words(stage, variables)
    told = _listening(stage, words, variables, place, files)
    exposed = exposed_ports(stage)
    agent = is_agent(place.folder, files)
    found = (
        *findings,
        *_base(stage),
        *copy_findings(stage, place.folder, files),
        *_start(stage, words),
        *_reachable(told),
        *route_findings(asked, exposed, told),
    )
    port = _port(exposed, told, variables, agent=agent)
    probe, scoring = ("/readiness", "/invocations") if agent else ("/health", "/score")
    return stage, OwnServer(place.folder, place.dockerfile, port, probe, scoring), found


def _variables(asked: Asked) -> dict[str, str]:
    """The deployment's own variables, which go over the image's."""
    given = asked.value("environment_variables")
    return {str(k): str(v) for k, v in given.items()} if isinstance(given, Mapping) else {}


def _port(
    exposed: tuple[Exposed, ...],
    told: Listening | None,
    variables: Mapping[str, str],
    *,
    agent: bool,
) -> int:
    """The port: exposed, else of the start command, else by the server's convention."""
    if exposed:
        return exposed[0].port
    if told is not None and told.port is not None:
        return told.port
    own = variables.get("PORT", "")
    by_default = AGENT_PORT if agent else _PORT
    return int(own) if agent and own.isdecimal() else by_default


def _listening(
    stage: Stage,
    words: list[str],
    variables: Mapping[str, str],
    place: BuildPlace,
    files: Files,
) -> Listening | None:
    """Where the server listens: by the start command, or by the program that it runs."""
    last = stage.last("CMD") or stage.last("ENTRYPOINT")
    line = last.line if last is not None else stage.line
    settings = {join(place.folder, "gunicorn.conf.py"), join(place.folder, "hypercorn.toml")}
    if any(normpath(it) in files.files for it in settings):
        return None
    if (found := listening(words, variables, (stage.file, line))) is not None:
        return found
    program = program_of(words, place.folder, files)
    return listening_in(program.tree, program.file) if program is not None else None


def _newest(image: str) -> tuple[str, str] | None:
    """Return cause and remedy if the name of an image is that of another one tomorrow."""
    name, _, digest = image.partition("@")
    tag = basename(name).partition(":")[2]
    if digest or "$" in image or image == "scratch" or tag not in {"", "latest"}:
        return None
    cause = f"'{image}' is the newest image at each build: a rollback may not bring back this one"
    return cause, "Name a version as its tag, or a digest"


def _base(stage: Stage) -> Iterator[Finding]:
    if (newest := _newest(stage.base)) is not None:
        yield Finding(stage.file, stage.line, *newest, "warning")


def _start(stage: Stage, words: list[str]) -> Iterator[Finding]:
    if words or stage.last("CMD") or stage.last("ENTRYPOINT"):
        return
    base = basename(stage.base.partition("@")[0]).partition(":")[0]
    cause = "the Dockerfile has neither CMD nor ENTRYPOINT"
    remedy = 'Start the server: CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"]'
    if base.startswith(_NO_SERVER):
        cause += f", and '{base}' starts no server: the container would end at once"
        yield Finding(stage.file, stage.line, cause, remedy)
    else:
        cause += f": what '{base}' starts has to be the server"
        yield Finding(stage.file, stage.line, cause, remedy, "warning")


def _reachable(told: Listening | None) -> Iterator[Finding]:
    if told is None or told.host not in _LOOPBACK:
        return
    cause = f"{told.server} listens on {told.host} alone, where Azure's probes do not reach it"
    remedy = "Let it listen on every address: host 0.0.0.0"
    yield Finding(told.file, told.line, cause, remedy)
