"""The Sluice app that a command calls: in a local stack, or on Azure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.errors import refused, unreachable
from shared.domain.parsing.strict_json import read_json

STACK_FILE: Final = Path(".local") / "stack.json"

# Environment variables, and the fields of stack.json with the same meaning.
VARIABLES: Final = {
    "SLUICE_FUNCTIONS_URL": "functions_url",
    "SLUICE_FUNCTION_KEY": "function_key",
    "SLUICE_STORAGE": "storage_connection_string",
    "SLUICE_FLOWS_CONTAINER": "flows_container",
    "SLUICE_SERVICEBUS": "servicebus_connection_string",
    "SLUICE_RESULTS_QUEUE": "results_queue",
    "AZURE_SUBSCRIPTION_ID": "subscription_id",
    "AZURE_RESOURCE_GROUP": "resource_group",
    "AZURE_ML_WORKSPACE": "workspace",
}


@dataclass(frozen=True)
class Target:
    """One Sluice app.

    Attributes:
        facts: fields of stack.json, or values from the environment under the same names.
        origin: where they come from, for messages.
    """

    facts: Mapping[str, Any]
    origin: str

    def __getitem__(self, field: str) -> str:
        """Return one fact.

        Raises:
            CommandError: it is missing; the message names the variable that sets it.
        """
        value = self.facts.get(field)
        if not value:
            variables = (name for name, sets in VARIABLES.items() if sets == field)
            if (variable := next(variables, None)) is None:
                raise refused(f"{self.origin} has no '{field}'")
            raise refused(f"{variable} is not set (no '{field}' in {self.origin})")
        return str(value)

    @property
    def local(self) -> bool:
        """True if Azure's host names are reached through the proxy of a local stack."""
        return "https_proxy" in self.facts


def find_target(stack: Path | None, environment: Mapping[str, str], folder: Path) -> Target:
    """Return the target: `stack`, else the environment, else stack.json here or in a folder above.

    Raises:
        CommandError: there is none.
    """
    if stack is not None:
        return _read(stack)
    if "SLUICE_FUNCTIONS_URL" in environment:
        facts = {"flows_container": "flows", "results_queue": "deploy-results"} | {
            field: environment[name] for name, field in VARIABLES.items() if name in environment
        }
        return Target(facts, "the environment")
    for above in (folder, *folder.parents):
        if (above / STACK_FILE).exists():
            return _read(above / STACK_FILE)
    raise unreachable(
        f"no stack runs here (there is no {STACK_FILE}; `sluice up` starts one) "
        "and SLUICE_FUNCTIONS_URL is not set"
    )


def _read(file: Path) -> Target:
    try:
        facts = read_json(file.read_bytes())
    except ValueError as error:
        raise refused(f"{file} does not describe a stack: {error}") from error
    if not isinstance(facts, dict):
        raise refused(f"{file} does not describe a stack: it must hold a mapping")
    return Target(facts, str(file))
