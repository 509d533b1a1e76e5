"""What a package takes from Azure, which is not here."""

from collections.abc import Iterator, Mapping

from shared.domain.kinds.content import Content
from shared.domain.kinds.registered import REGISTRIES
from shared.domain.manifest import Environment, Manifest
from shared.domain.manifest.connection_override import override_variables, references_of

_HOW = "or drop it on `sluice up` (docs/how-to/run-before-you-drop.md)"


def given_variables(
    content: Content, manifest: Manifest, shell: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of the shell that stand in for connections of the workspace."""
    wanted = {*_names(content), *_references(manifest)}
    return {name: shell[name] for name in sorted(wanted) if shell.get(name)}


def azure_needs(
    content: Content, manifest: Manifest, given: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield cause and remedy for each thing that only Azure has.

    `given`: variables that stand in for connections.
    """
    variables = {**_variables(manifest), **given}
    for name in _names(content):
        if not variables.get(name, "").lstrip().startswith("{"):
            yield (
                f"the connection '{name}' is in the workspace, not here",
                f"Set the environment variable {name} to it as JSON, {_HOW}",
            )
    for variable, name in _references(manifest).items():
        if variable not in given and variable not in _names(content):
            yield (
                f"the variable {variable} is taken from the connection '{name}' of the workspace",
                f"Set the environment variable {variable} to a value, {_HOW}",
            )
    if content.registered_model is not None:
        *_, name, _, version = content.registered_model.split("/")
        in_registry = content.registered_model.startswith(REGISTRIES)
        where = "a registry" if in_registry else "the workspace"
        yield (
            f"the model {name}:{version} is registered in {where}, not here",
            "Put its files into the package and name them as model.path, or drop it",
        )
    environment = manifest.deployment.environment
    named = isinstance(environment, Environment) and not (environment.image or environment.build)
    if isinstance(environment, str) or named:
        yield (
            "the environment is registered in the workspace, not here",
            "Name its image, with conda_file or build, in the deployment; or drop the package",
        )


def _names(content: Content) -> list[str]:
    """The variables by which the runtime is given connections."""
    return [name.replace(" ", "_") for name in content.connection_names]


def _variables(manifest: Manifest) -> dict[str, str]:
    own = manifest.deployment.environment_variables or {}
    return {**own, **override_variables(manifest.flow.connections or {})}


def _references(manifest: Manifest) -> dict[str, str]:
    own = manifest.deployment.environment_variables or {}
    return references_of(manifest.flow.connections or {}, own)
