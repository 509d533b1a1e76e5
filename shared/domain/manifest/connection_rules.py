"""Check the manifest's overrides of connections."""

from collections.abc import Iterator, Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.manifest.connection_override import merged_names, reference_problem
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import Manifest
from shared.domain.parsing.text import join_names

_FORM = (
    "Write ${{azureml://connections/name}}, or .../target, .../credentials/key, .../metadata/key"
)


def connection_findings(manifest: Manifest, content: Content, layers: Layers) -> Iterator[Finding]:
    """Find overrides of unknown connections, and of those that the runtime would mix up."""
    overrides = manifest.flow.connections or {}
    variables = manifest.deployment.environment_variables or {}
    for name in overrides:
        if name not in content.connection_names:
            cause = f"the flow uses no connection '{name}'"
            at = ("flow", "connections", name)
            yield layers.finding(at, cause, f"The flow has: {join_names(content.connection_names)}")
        elif not any(use.replaceable for use in content.connections if use.name == name):
            cause = f"'{name}' cannot be replaced: the flow's class is created with it"
            at = ("flow", "connections", name)
            remedy = "Name the other one under sample.init, or in the variable PF_FLOW_INIT_CONFIG"
            yield layers.finding(at, cause, remedy)
    for first, second in merged_names(frozenset(content.connection_names), overrides, variables):
        cause = f"the runtime would lose '{first}': '{second}' is replaced by the same connection"
        at = ("flow", "connections", second)
        remedy = "Write one of the two as ${{azureml://connections/name}}"
        yield layers.finding(at, cause, remedy)
    for place, value in _values(overrides, variables):
        if (problem := reference_problem(value)) is not None:
            yield layers.finding(place, problem, _FORM)


def _values(
    overrides: Mapping[str, str | Mapping[str, str]], variables: Mapping[str, str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, override in overrides.items():
        if isinstance(override, str):
            yield ("flow", "connections", name), override
        else:
            for field, value in override.items():
                yield ("flow", "connections", name, field), value
    for name, value in variables.items():
        yield ("deployment", "environment_variables", name), value
