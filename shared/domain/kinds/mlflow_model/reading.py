"""Read an MLflow model, with all findings."""

from collections.abc import Iterator
from datetime import date
from posixpath import dirname

from shared.domain.errors import Finding
from shared.domain.kinds.content import Part
from shared.domain.kinds.files import Files, folder_name, leads_out
from shared.domain.kinds.mlflow_model.asked import Asked
from shared.domain.kinds.mlflow_model.mlmodel import (
    column_names,
    conda_name,
    example_names,
    mlmodel_findings,
)
from shared.domain.kinds.mlflow_model.model import MlflowModel
from shared.domain.kinds.mlflow_model.packages import package_findings
from shared.domain.kinds.mlflow_model.sample import sample_of
from shared.domain.kinds.model_type import MLFLOW_TYPE
from shared.domain.parsing.document import Document
from shared.domain.requests.flow_folder import MLMODEL_FILE


def place_findings(asked: Asked, files: Files) -> Iterator[Finding]:
    """Find why there is no MLmodel at its place."""
    if leads_out(asked.folder) or "://" in asked.written:
        cause = f"the model '{asked.written}' is outside the package"
        yield asked.finding(cause, "Put its folder into the package, or name a registered model")
        return
    lacking = files.lacking(asked.mlmodel)
    if lacking is None:
        return
    cause = f"there is no MLmodel in the model's folder: {lacking[0]}"
    remedy = "Name the folder that MLflow's save_model or log_model has written"
    deeper = sorted(it for it in files.files if it.endswith(f"/{MLMODEL_FILE}"))
    if deeper:
        remedy = f"There is '{deeper[0]}': write path: {dirname(deeper[0])}"
    yield asked.finding(cause, remedy)


def read_model(
    asked: Asked,
    files: Files,
    mlmodel: Document | None,
    conda: Document | None,
    today: date,
) -> tuple[MlflowModel, tuple[Finding, ...]]:
    """Read the model that is asked for.

    Args:
        asked: Where it is.
        files: The package, with the texts of the model's input examples.
        mlmodel: MLmodel; None if there is none, or it cannot be read.
        conda: The model's conda file; None if there is none, or it cannot be read.
        today: Pythons whose support ended before are reported.
    """
    findings = [*place_findings(asked, files)]
    if mlmodel is None:
        return MlflowModel(model_part=None), tuple(findings)
    findings.extend(mlmodel_findings(mlmodel, asked, files))
    if conda is not None:
        findings.extend(package_findings(conda, today))
    part = Part(asked.folder, folder_name(asked.folder, "model"), MLFLOW_TYPE)
    texts = (files.texts.get(asked.inside(it)) for it in example_names(mlmodel))
    samples = (sample_of(it) for it in texts if it is not None)
    sample = next((it for it in samples if it is not None), None)
    content = MlflowModel(model_part=part, sample=sample, columns=column_names(mlmodel))
    return content, tuple(findings)


def needed_texts(asked: Asked, mlmodel: Document) -> tuple[str | None, tuple[str, ...]]:
    """Return the package's paths of the conda file, and of the input examples."""
    conda = conda_name(mlmodel)
    examples = tuple(asked.inside(it) for it in example_names(mlmodel))
    return (asked.inside(conda) if conda is not None else None), examples
