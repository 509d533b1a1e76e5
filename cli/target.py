"""Which Sluice the command speaks to: a local stack, or one on Azure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.errors import refused, unreachable
from shared.domain.parsing.strict_json import read_json

STACK_FILE: Final = Path(".local") / "stack.json"

# Environment variable, and the field of stack.json that says the same.
VARIABLES: Final = {
    "SLUICE_FUNCTIONS_URL": "functions_url",
    "SLUICE_FUNCTION_KEY": "function_key",
    "SLUICE_STORAGE": "storage_connection_string",
    "SLUICE_FLOWS_CONTAINER": "flows_container",
    "AZURE_SUBSCRIPTION_ID": "subscription_id",
    "AZURE_RESOURCE_GROUP": "resource_group",
    "AZURE_ML_WORKSPACE": "workspace",
}


@dataclass(frozen=True)
class Target:
    """One Sluice. `facts` are stack.json's fields, or what the environment says of Azure.

    Attributes:
        facts: By the names of stack.json.
        told: Where they come from, for messages.
    """

    facts: Mapping[str, Any]
    told: str

    def __getitem__(self, field: str) -> str:
        """One fact.

        Raises:
            CommandError: it is not known; the message names the variable that says it.
        """
        value = self.facts.get(field)
        if not value:
            variables = (name for name, known in VARIABLES.items() if known == field)
            if (variable := next(variables, None)) is None:
                raise refused(f"{self.told} does not say {field}")
            raise refused(f"{variable} is not set ({self.told} does not say it)")
        return str(value)

    @property
    def local(self) -> bool:
        """Whether Azure's host names are reached through the proxy of a local stack."""
        return "https_proxy" in self.facts


def find_target(stack: Path | None, environment: Mapping[str, str], folder: Path) -> Target:
    """The target: `stack`, else the environment, else stack.json here or in a folder above.

    Raises:
        CommandError: none is there.
    """
    if stack is not None:
        return _read(stack)
    if "SLUICE_FUNCTIONS_URL" in environment:
        told = {"flows_container": "flows"} | {
            field: environment[name] for name, field in VARIABLES.items() if name in environment
        }
        return Target(told, "the environment")
    for above in (folder, *folder.parents):
        if (above / STACK_FILE).exists():
            return _read(above / STACK_FILE)
    raise unreachable(
        f"no stack runs here (there is no {STACK_FILE}; `make up` starts one) "
        "and SLUICE_FUNCTIONS_URL is not set"
    )


def _read(file: Path) -> Target:
    try:
        facts = read_json(file.read_bytes())
    except ValueError as error:
        raise refused(f"{file} describes no stack: {error}") from error
    if not isinstance(facts, dict):
        raise refused(f"{file} describes no stack: it must hold a mapping")
    return Target(facts, str(file))
