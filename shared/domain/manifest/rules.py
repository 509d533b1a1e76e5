"""Check the manifest as a whole, and against the flow."""

from collections.abc import Collection, Iterator
from posixpath import normpath
from typing import Any

from shared.domain.errors import Finding
from shared.domain.identifiers.names import endpoint_name_problem
from shared.domain.kinds.content import Content
from shared.domain.kinds.known import kind_named
from shared.domain.manifest.access_rules import access_findings
from shared.domain.manifest.comparison_rules import comparison_findings
from shared.domain.manifest.connection_rules import connection_findings
from shared.domain.manifest.deployment_rules import deployment_findings, image_findings
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import FlowSection, Manifest
from shared.domain.manifest.rollout_rules import rollout_findings
from shared.domain.manifest.smoke_rules import schema_findings, smoke_findings
from shared.domain.parsing.document import reach
from shared.domain.parsing.text import join_names


def manifest_findings(manifest: Manifest, layers: Layers | None = None) -> Iterator[Finding]:
    """Find fields of the manifest that contradict each other; places as in `flow_findings`."""
    layers = layers or Layers()
    for section, named in (("endpoint", manifest.endpoint), ("deployment", manifest.deployment)):
        if named.name is not None and named.name != named.name.lower():
            cause = (
                f"Azure ML ignores the case of names: '{named.name}' becomes '{named.name.lower()}'"
            )
            yield layers.finding((section, "name"), cause, "Write it in lower case", "warning")
    yield from access_findings(manifest, layers)
    yield from deployment_findings(manifest.deployment, layers)
    yield from schema_findings(manifest.smoke_test, layers)
    yield from rollout_findings(manifest, layers)
    yield from comparison_findings(manifest, layers)


def move_endpoint_name(value: Any, layers: Layers) -> tuple[Any, tuple[Finding, ...]]:
    """Use a deployment file's `endpoint_name` as the endpoint's name, unless that is set."""
    given = reach(value, ("deployment", "endpoint_name"))[0]
    if given is None:
        return value, ()
    deployment = {k: v for k, v in value["deployment"].items() if k != "endpoint_name"}
    endpoint = {"name": given, **value.get("endpoint", {})}
    merged = {**value, "deployment": deployment, "endpoint": endpoint}
    at, name = ("deployment", "endpoint_name"), endpoint["name"]
    if name != given:
        cause = f"endpoint_name is '{given}', but the endpoint's name is '{name}'"
        return merged, (layers.finding(at, cause, "Name one endpoint", "warning"),)
    if problem := endpoint_name_problem(str(given)):
        endpoint.pop("name")
        return merged, (layers.finding(at, problem, "Choose another name"),)
    return merged, ()


def flow_findings(
    manifest: Manifest, content: Content, layers: Layers | None = None
) -> Iterator[Finding]:
    """Find settings of the manifest that the flow contradicts.

    Args:
        manifest: The manifest, with the request's overrides.
        content: The content of the package.
        layers: Output of `read_manifest`; without it places are written `manifest.flow.outputs`.
    """
    at = layers or Layers()
    outputs = content.output_names
    for index, name in enumerate(manifest.flow.outputs or ()):
        if outputs and name not in outputs:
            cause = f"the flow has no output '{name}'"
            yield at.finding(
                ("flow", "outputs", index), cause, f"The flow has: {join_names(outputs)}"
            )
    plain = manifest.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for each in kind_named(content.kind_name).unfit(content, plain):
        yield at.finding(each.at, each.cause, each.remedy, each.severity)
    yield from connection_findings(manifest, content, at)
    yield from image_findings(manifest.deployment, content, at)
    yield from smoke_findings(manifest.smoke_test, content, at)


def wanted_findings(
    section: FlowSection, files: Collection[str], layers: Layers
) -> Iterator[Finding]:
    """Find files with secrets that the manifest lists and the package lacks."""
    for index, path in enumerate(section.include_secret_files or ()):
        if normpath(path) not in files:
            at = ("flow", "include_secret_files", index)
            yield layers.finding(at, f"'{path}' is not in the package", "Correct the path")


def settled_findings(manifest: Manifest, content: Content) -> tuple[Finding, ...]:
    """Return the flow's findings that the deployment's variables settle."""
    variables = manifest.deployment.environment_variables or {}
    settings = [*variables, *(f"{name}={value}" for name, value in variables.items())]
    return tuple(it for each in settings for it in content.unless_set.get(each, ()))
