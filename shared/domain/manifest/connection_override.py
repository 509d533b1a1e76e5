"""Replace connections that a flow names, through environment variables of the runtime.

Sources: promptflow 1.18.5, `AzureMLExtension.get_override_connections` and
`override_connection_config_with_environment_variable`; learn.microsoft.com/azure/machine-learning/
concept-secret-injection for `${{azureml://connections/...}}`, which Azure resolves before it starts
the container.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet

from shared.domain.errors import Finding
from shared.domain.manifest.connection_variable import short_reference

type Override = str | Mapping[str, str]
"""Another connection's name, `${{azureml://connections/name}}`, or values of single fields."""

_REFERENCE = re.compile(
    r"\$\{\{\s*azureml://connections/(?P<name>[^/}\s]+)"
    r"(?P<part>/(target|credentials/[^/}\s]+|metadata/[^/}\s]+))?\s*\}\}"
)
_LIKE_ONE = re.compile(r"\$\{\{.*azureml:.*connections.*\}\}")


def referenced(value: str) -> str | None:
    """Return the connection in `${{azureml://connections/name}}`, also with a part after it."""
    match = _REFERENCE.fullmatch(value.strip())
    return match["name"] if match is not None else None


def reference_problem(value: str) -> str | None:
    """Return why a value that looks like a reference to a connection is not one, or None."""
    if _LIKE_ONE.search(value) is None or referenced(value) is not None:
        return None
    return f"'{value}' is not a reference that Azure resolves"


def override_variables(overrides: Mapping[str, Override]) -> dict[str, str]:
    """Return the overrides as environment variables, with underscores for spaces."""
    variables = dict[str, str]()
    for name, override in overrides.items():
        plain = name.replace(" ", "_")
        if isinstance(override, str):
            variables[plain] = override
        else:
            fields = {f"{plain}_{field}".upper(): value for field, value in override.items()}
            variables |= fields
    return variables


def stand_ins(
    names: Collection[str], overrides: Mapping[str, Override], variables: Mapping[str, str]
) -> dict[str, str]:
    """Return the replacement of each connection that the runtime takes by another name.

    Args:
        names: connections that the flow names.
        overrides: the manifest's overrides.
        variables: the deployment's own variables, which may be overrides as well.
    """
    values = {**variables, **override_variables(overrides)}
    found = dict[str, str]()
    for name in names:
        value = values.get(name.replace(" ", "_"))
        if value is not None and not _is_json(value):
            found[name] = referenced(value) or value
    return found


def references_of(
    overrides: Mapping[str, Override], variables: Mapping[str, str]
) -> dict[str, str]:
    """Return the connections that variables refer to, by the name of the variable."""
    values = {**variables, **override_variables(overrides)}
    found = {
        key: referenced(value) or _short_name(value, values, overrides)
        for key, value in values.items()
    }
    return {key: name for key, name in found.items() if name is not None}


def missing_references(
    references: Mapping[str, str], existing: Collection[str], *, taken: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Report references to connections that the workspace lacks. `taken`: reported already."""
    return tuple(
        Finding(
            "manifest",
            None,
            f"{variable} takes its value from the connection '{name}', which the workspace does "
            "not have",
            "Create it in the workspace, or name an existing one",
        )
        for variable, name in references.items()
        if name not in existing and name not in taken
    )


def merged_names(
    names: AbstractSet[str], overrides: Mapping[str, Override], variables: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield pairs of names of which the runtime would lose the first.

    The runtime keeps one original name for each connection that replaces others by its name.
    """
    values = {**variables, **override_variables(overrides)}
    taken = {name: name for name in names if name.replace(" ", "_") not in values}
    for name in sorted(names):
        value = values.get(name.replace(" ", "_"))
        if value is None or _is_json(value) or referenced(value) is not None:
            continue
        if value in taken:
            yield taken[value], name
        taken[value] = name


def is_overridden(name: str, overrides: Mapping[str, Override], values: Mapping[str, str]) -> bool:
    """Return whether the runtime builds that connection from variables."""
    return name in overrides or name.replace(" ", "_") in values


def _short_name(
    value: str, values: Mapping[str, str], overrides: Mapping[str, Override]
) -> str | None:
    name = (short_reference(value) or (None,))[0]
    return None if name is None or is_overridden(name, overrides, values) else name


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True
