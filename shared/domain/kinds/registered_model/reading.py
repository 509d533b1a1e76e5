"""Read the model that a deployment names, and nothing else."""

from shared.domain.errors import Finding
from shared.domain.kinds.registered import names_registered, registered_model
from shared.domain.kinds.registered_model.model import RegisteredModel
from shared.domain.parsing.document import Document, Path, reach

_CODE = "code_configuration"


def names_model(document: Document, at: Path) -> bool:
    """Return whether a deployment, at a place in a document, is of a registered model alone."""
    code = reach(document.value, (*at, _CODE))[0]
    return code is None and names_registered(reach(document.value, (*at, "model"))[0])


def read_model(document: Document, at: Path) -> tuple[RegisteredModel, tuple[Finding, ...]]:
    """Read it."""
    named, wrong = registered_model(reach(document.value, (*at, "model"))[0])
    findings = (document.finding((*at, "model"), *wrong),) if wrong is not None else ()
    return RegisteredModel(named), findings
