"""Resolve the environment of a manifest: look up a registered one, hash one that is built."""

from pathlib import Path

from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.kinds.known import kind_named
from shared.domain.kinds.prompt_flow.unfit import NO_DRIVER
from shared.domain.manifest import Deployment, Environment, build_place
from shared.domain.manifest.environment_reference import (
    EnvironmentReference,
    RegisteredEnvironment,
    read_reference,
)
from shared.domain.release.desired_deployment import environment_ask
from shared.domain.release.desired_environment import EnvironmentAsk
from shared.package import Reading
from shared.package.environment_file import requirements_text
from shared.ports import Ports

_AT = ("deployment", "environment")
_REGISTER = "Register it, or name another"


def resolve_environment(
    ports: Ports, content: Content, asked: Deployment, root: Path, reading: Reading
) -> tuple[EnvironmentAsk | None, tuple[Finding, ...]]:
    """Return the environment of a package whose manifest has no errors, and findings against it.

    A registered environment is read through ARM: without an inference_config, its deployment would
    end in MissingDriverProgram. The layers of `reading` give the file and line of a finding.
    """
    wanted = asked.environment
    reference = _reference(wanted)
    registered: RegisteredEnvironment | None = None
    findings: tuple[Finding, ...] = ()
    if reference is not None and _is_elsewhere(ports, reference):
        cause = f"environment {reference.name} is in another workspace: {reference.workspace}"
        remedy = "Register it in this workspace, and name it azureml:name:version"
        findings = (reading.layers.finding(_AT, cause, remedy),)
    elif reference is not None:
        registered = ports.workspace.environment(reference.name, reference.version)
        problem = _problem(reference, registered, serves=content.code is not None)
        findings = (reading.layers.finding(_AT, *problem),) if problem is not None else ()
    digest = ""
    container = kind_named(content.kind_name).container(content)
    if isinstance(wanted, Environment) and wanted.build is not None:
        digest = ports.packages.build_digest(root, build_place(wanted.build)[0])
    elif wanted is None and container is not None:
        digest = ports.packages.build_digest(root, container.path)
    made = environment_ask(
        content,
        asked,
        requirements_text(content, root),
        registered=registered,
        build_digest=digest,
        requirements_digest=reading.requirements_digest,
        base_image=ports.flow_base_image,
    )
    return made, findings


def _is_elsewhere(ports: Ports, reference: EnvironmentReference) -> bool:
    workspace = reference.workspace
    return workspace is not None and workspace.lower() != ports.workspace.facts().id.lower()


def _reference(wanted: str | Environment | None) -> EnvironmentReference | None:
    if isinstance(wanted, str):
        return read_reference(wanted)
    if wanted is None or wanted.image or wanted.build or not wanted.name:
        return None
    return EnvironmentReference(wanted.name, wanted.version)


def _problem(
    reference: EnvironmentReference, registered: RegisteredEnvironment | None, *, serves: bool
) -> tuple[str, str] | None:
    """Cause and remedy if the environment cannot serve, else None.

    `serves`: Azure's inference server runs in it, which needs no inference_config.
    """
    name = f"{reference.name}:{reference.version}" if reference.version else reference.name
    if registered is None and not reference.version:
        return f"the workspace has no environment {name} in any version", _REGISTER
    if registered is None:
        return f"the workspace has no environment {name}", _REGISTER
    if not (serves or registered.serves):
        cause = (
            f"environment {name} has no inference_config: Azure would end in MissingDriverProgram"
        )
        return cause, NO_DRIVER
    return None
