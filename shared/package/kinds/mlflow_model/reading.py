"""Read a package as an MLflow model: an az ml deployment that names one, or MLmodel alone."""

from datetime import UTC, datetime

from shared.domain.errors import Finding, Rejected
from shared.domain.kinds.files import Files
from shared.domain.kinds.mlflow_model.asked import Asked
from shared.domain.kinds.mlflow_model.reading import needed_texts, read_model
from shared.domain.parsing.document import Document
from shared.domain.requests.flow_folder import MLMODEL_FILE
from shared.package.kinds.deployments import deployments
from shared.package.kinds.package import Package, Read
from shared.package.kinds.texts import Texts
from shared.package.yaml_text import parse

_LONGEST_EXAMPLE = 100_000
"""Bytes of an input example; a sample request is in the result of each job."""


def recognise(package: Package) -> bool:
    """Return whether a deployment names an MLflow model, or MLmodel lies at the top."""
    return _asked(package).names_model or MLMODEL_FILE in package.files


def read(package: Package) -> Read:
    """Read MLmodel, the model's conda file, and its input examples."""
    asked, texts = _asked(package), Texts(package)
    findings, held = list[Finding](), dict[str, str]()
    mlmodel = _document(asked.mlmodel, package, texts, findings)
    conda: Document | None = None
    if mlmodel is not None:
        path, examples = needed_texts(asked, mlmodel)
        conda = _document(path, package, texts, findings) if path is not None else None
        for example in examples:
            if example in package.files and _is_short(package, example):
                held[example] = texts.read(example, "warning") or ""
    files = Files(package.files, package.left_out, held)
    content, found = read_model(asked, files, mlmodel, conda, datetime.now(UTC).date())
    return content, (*texts.findings, *findings, *found)


def _asked(package: Package) -> Asked:
    """The deployment, ours or az ml's, that names a model of this kind."""
    found = (Asked(*it) for it in deployments(package))
    return next((it for it in found if it.names_model), Asked())


def _document(
    path: str, package: Package, texts: Texts, findings: list[Finding]
) -> Document | None:
    text = texts.read(path) if path in package.files else None
    if text is None:
        return None
    try:
        return parse(text, path)
    except Rejected as error:
        findings.extend(error.findings)
        return None


def _is_short(package: Package, path: str) -> bool:
    return (package.root / path).stat().st_size <= _LONGEST_EXAMPLE
