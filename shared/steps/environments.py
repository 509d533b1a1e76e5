"""Which environment a manifest asks for: looked up where it is registered, hashed where built."""

from pathlib import Path

from shared.domain.deployment_asking import environment_ask
from shared.domain.environment_ask import EnvironmentAsk
from shared.domain.environment_reference import (
    EnvironmentReference,
    RegisteredEnvironment,
    read_reference,
)
from shared.domain.errors import Finding
from shared.domain.flow import Flow
from shared.domain.manifest import NO_DRIVER, Deployment, Environment, build_place
from shared.ports import Ports

_WHERE = "manifest.deployment.environment"


def environment_of(
    ports: Ports, flow: Flow, asked: Deployment, root: Path, requirements_digest: str
) -> tuple[EnvironmentAsk, tuple[Finding, ...]]:
    """The environment of a flow whose manifest has no errors, and why it cannot serve.

    A registered one is read through ARM: without an inference_config a deployment of it would end
    in MissingDriverProgram.
    """
    said = asked.environment
    reference = _reference(said)
    registered: RegisteredEnvironment | None = None
    findings: tuple[Finding, ...] = ()
    if reference is not None and _is_elsewhere(ports, reference):
        cause = f"environment {reference.name} is in another workspace: {reference.workspace}"
        remedy = "Register it in this one, and name it azureml:name:version"
        findings = (Finding(_WHERE, None, cause, remedy),)
    elif reference is not None:
        registered = ports.workspace.environment(reference.name, reference.version)
        findings = _wrong(reference, registered)
    digest = ""
    if isinstance(said, Environment) and said.build is not None:
        digest = ports.packages.build_digest(root, build_place(said.build)[0])
    made = environment_ask(
        flow,
        asked,
        _requirements(flow, root),
        registered=registered,
        build_digest=digest,
        requirements_digest=requirements_digest,
    )
    return made, findings


def _is_elsewhere(ports: Ports, reference: EnvironmentReference) -> bool:
    said = reference.workspace
    return said is not None and said.lower() != ports.workspace.facts().id.lower()


def _reference(said: str | Environment | None) -> EnvironmentReference | None:
    if isinstance(said, str):
        return read_reference(said)
    if said is None or said.image or said.build or not said.name:
        return None
    return EnvironmentReference(said.name, said.version)


def _wrong(
    reference: EnvironmentReference, registered: RegisteredEnvironment | None
) -> tuple[Finding, ...]:
    version = reference.version or "latest"
    name = f"{reference.name}:{version}"
    if registered is None:
        cause, remedy = f"the workspace has no environment {name}", "Register it, or name another"
        return (Finding(_WHERE, None, cause, remedy),)
    if not registered.serves:
        cause = (
            f"environment {name} has no inference_config: Azure would end in MissingDriverProgram"
        )
        return (Finding(_WHERE, None, cause, NO_DRIVER),)
    return ()


def _requirements(flow: Flow, root: Path) -> str | None:
    """The text of the flow's requirements file, where it says anything."""
    file = flow.environment.python_requirements_txt
    if file is None:
        return None
    text = (root / file).read_text(encoding="utf-8-sig")
    wanted = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return text if wanted else None
