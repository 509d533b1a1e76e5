"""The kinds of package that Sluice deploys."""

from collections.abc import Mapping
from typing import Any

from shared.domain.kinds.custom_container.kind import CUSTOM_CONTAINER
from shared.domain.kinds.kind import Kind
from shared.domain.kinds.mlflow_model.kind import MLFLOW_MODEL
from shared.domain.kinds.prompt_flow.kind import PROMPT_FLOW
from shared.domain.kinds.registered_model.kind import REGISTERED_MODEL
from shared.domain.kinds.scoring_script.kind import SCORING_SCRIPT

KINDS: Mapping[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        PROMPT_FLOW,
        SCORING_SCRIPT,
        CUSTOM_CONTAINER,
        MLFLOW_MODEL,
        REGISTERED_MODEL,
    )
}


def kind_named(name: str) -> Kind[Any]:
    """Return the kind of that name, as a release keeps it.

    Raises:
        LookupError: only a newer Sluice has it.
    """
    if name not in KINDS:
        raise LookupError(f"this Sluice knows no kind of package '{name}'")
    return KINDS[name]
