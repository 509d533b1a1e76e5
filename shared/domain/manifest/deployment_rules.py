"""Check the manifest's deployment and environment, also against Azure's advice."""

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from shared.domain.azure.vm_sizes import nearest_size, size_of
from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.left_out import LeftOut, left_out
from shared.domain.manifest.deployment import Deployment
from shared.domain.manifest.environment import Build, Environment
from shared.domain.manifest.environment_reference import read_reference
from shared.domain.manifest.layers import Layers

_AT = ("deployment", "environment")


def deployment_findings(asked: Deployment, layers: Layers) -> Iterator[Finding]:
    """Find errors, and settings that Azure advises against, for any flow."""
    yield from _machines(asked, layers)
    yield from _environment(asked.environment, layers)
    yield from _deprecated(asked, layers)


def _deprecated(asked: Deployment, layers: Layers) -> Iterator[Finding]:
    """Find settings that Azure ML has deprecated."""
    old = {
        "egress_public_network_access": asked.egress_public_network_access == "disabled",
        "private_network_connection": asked.private_network_connection is True,
    }
    for name in (name for name, set_ in old.items() if set_):
        cause = f"{name} is deprecated by Azure ML; it is sent unchanged"
        remedy = "Isolate the network with a managed virtual network of the workspace instead"
        yield layers.finding(("deployment", name), cause, remedy, "warning")
    if asked.request_settings is not None and asked.request_settings.max_queue_wait_ms is not None:
        cause = "max_queue_wait_ms is deprecated by Azure ML for managed endpoints; it is sent"
        remedy = "Raise request_timeout_ms by what a request may wait for its turn"
        at = ("deployment", "request_settings", "max_queue_wait_ms")
        yield layers.finding(at, cause, remedy, "warning")


def _machines(asked: Deployment, layers: Layers) -> Iterator[Finding]:
    if asked.instance_type is not None and size_of(asked.instance_type) is None:
        meant = nearest_size(asked.instance_type)
        cause = f"'{asked.instance_type}' is not on the list of sizes for managed endpoints"
        remedy = f"Did you mean '{meant}'?" if meant else "Look it up in the list of sizes"
        yield layers.finding(
            ("deployment", "instance_type"), cause, f"{remedy} Azure decides", "warning"
        )
    if asked.high_availability and (asked.instance_count or 1) < 3:
        cause = f"high availability needs 3 instances or more, not {asked.instance_count or 1}"
        remedy, at = "Set deployment.instance_count: 3", ("deployment", "high_availability")
        yield layers.finding(at, cause, remedy, "warning")
    if asked.scale_settings is not None and asked.scale_settings.type == "target_utilization":
        cause = "managed deployments take only scale_settings of type default"
        remedy = "Remove it and use Azure Monitor autoscale; Sluice keeps the count that it sets"
        yield layers.finding(("deployment", "scale_settings"), cause, remedy)
    if asked.scale_settings is not None and asked.scale_settings.type == "default":
        for field in sorted(asked.scale_settings.model_fields_set - {"type"}):
            cause = f"scale_settings of type default have no field '{field}'"
            place = ("deployment", "scale_settings", field)
            yield layers.finding(
                place, cause, "Remove it; instance_count sets the number of instances"
            )
    if "<" in (asked.environment_variables or {}).get("PRT_CONFIG_OVERRIDE", ""):
        cause = "PRT_CONFIG_OVERRIDE is a template that was not filled in"
        remedy = "Remove it; Sluice sets it itself"
        where = ("deployment", "environment_variables", "PRT_CONFIG_OVERRIDE")
        yield layers.finding(where, cause, remedy, "warning")


def image_findings(asked: Deployment, content: Content, layers: Layers) -> Iterator[Finding]:
    """Warn if the environment is used as it is, without the flow's requirements."""
    environment, file = asked.environment, content.requirements_file
    if environment is None or file is None:
        return
    if isinstance(environment, Environment) and environment.build is not None:
        return
    cause = f"the environment is used as it is: {file} is not installed"
    remedy = (
        "Install them in the image; or name the image as environment.image in flow.dag.yaml, which "
        "installs the requirements over it"
    )
    yield layers.finding(_AT, cause, remedy, "warning")


def build_findings(
    asked: Deployment, files: Collection[str], layers: Layers, absent: LeftOut
) -> Iterator[Finding]:
    """Find a build context that is not in the package.

    `files`: all paths in the package; `absent`: those that an ignore file kept out of it.
    """
    environment = asked.environment
    build = environment.build if isinstance(environment, Environment) else None
    if build is None:
        return
    folder, dockerfile = build_place(build)
    path = PurePosixPath(folder, dockerfile).as_posix()
    if folder.startswith(("/", "../")) or folder == ".." or "://" in folder:
        cause = f"the build context '{build.path}' is outside the package"
        yield layers.finding((*_AT, "build", "path"), cause, "Put the folder inside the flow's")
    elif dockerfile.startswith(("/", "../")):
        cause = f"the Dockerfile '{build.dockerfile_path}' is outside the build context"
        remedy = "Move it into the context, or name the folder above both as build.path"
        yield layers.finding((*_AT, "build", "dockerfile_path"), cause, remedy)
    elif path not in files and path in absent:
        cause, remedy = left_out(path, absent[path])
        yield layers.finding((*_AT, "build"), f"the Dockerfile {cause}", remedy)
    elif not any(each.startswith(f"{folder}/") for each in files) and folder != ".":
        cause = f"the build context '{build.path}' is not in the package"
        yield layers.finding((*_AT, "build", "path"), cause, "Add the folder, or correct the path")
    elif path not in files:
        cause = f"there is no '{dockerfile}' in the build context '{build.path}'"
        yield layers.finding((*_AT, "build"), cause, "Add it, or correct dockerfile_path")


def build_place(build: Build) -> tuple[str, str]:
    """Return a build context's folder and the Dockerfile inside it, as plain paths."""
    dockerfile = PurePosixPath(build.dockerfile_path or "Dockerfile").as_posix()
    return PurePosixPath(build.path).as_posix(), dockerfile


def _environment(asked: str | Environment | None, layers: Layers) -> Iterator[Finding]:
    if isinstance(asked, str):
        yield from _reference(asked, layers)
        return
    if asked is None:
        return
    if asked.os_type == "windows":
        cause, remedy = "online deployments run on Linux", "Remove os_type"
        yield layers.finding((*_AT, "os_type"), cause, remedy)
    if asked.image and asked.build:
        cause = "an environment has either an image or a build"
        yield layers.finding((*_AT, "build"), cause, "Remove one")
    if not asked.image and not asked.build and asked.conda_file is None and not asked.name:
        cause = "the environment has neither a name, nor an image, nor a build"
        yield layers.finding(_AT, cause, "Set one of them, or remove the environment")


def _reference(text: str, layers: Layers) -> Iterator[Finding]:
    if text.endswith((".yaml", ".yml")) and not text.startswith("azureml:"):
        file = text.removeprefix("file:")
        cause = f"'{text}' names a file"
        if text == file:
            yield layers.finding(_AT, cause, f"Write file:{file}, the path from this file")
        else:
            yield layers.finding(
                _AT, f"{cause}, which a request does not have", "Write its content here"
            )
        return
    if read_reference(text) is not None:
        return
    cause = f"'{text}' is not an environment of the workspace"
    if "registries/" in text:
        cause = f"'{text}' is in a registry, whose environments Sluice cannot read"
    elif "@" in text or "/labels/" in text:
        cause = f"'{text}' names a label; latest is the only label of environments in Azure ML"
    remedy = "Write azureml:name:version, azureml:name@latest or an ARM id of the workspace's own"
    yield layers.finding(_AT, cause, remedy)
