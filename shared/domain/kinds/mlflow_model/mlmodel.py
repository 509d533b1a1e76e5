"""Check MLmodel, the file that describes an MLflow model."""

import json
from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.files import Files
from shared.domain.kinds.mlflow_model.asked import Asked
from shared.domain.parsing.document import Document, Path, reach

PYTHON: Path = ("flavors", "python_function")
_EXAMPLE: Path = ("saved_input_example_info",)
_PATHS = ("data", "model_path", "python_model", "pickled_model")
"""Fields of flavours whose value is a path in the model's folder."""
_EXAMPLES = ("serving_input_path", "artifact_path")
_CONDA = "conda"


def mlmodel_findings(document: Document, asked: Asked, files: Files) -> Iterator[Finding]:
    """Find what Azure's script for MLflow models could not load, or would not describe."""
    if not isinstance(reach(document.value, PYTHON)[0], Mapping):
        cause = "the model has no flavour python_function, which is what Azure's script loads"
        remedy = "Save it with mlflow.pyfunc, or by a flavour of MLflow that adds python_function"
        yield document.finding(("flavors",), cause, remedy)
        return
    yield from _lacking(document, asked, files)
    if conda_name(document) is None:
        cause = "the model names no conda file, and Azure builds its image from that"
        remedy = "Save the model again with MLflow, which writes conda.yaml"
        yield document.finding((*PYTHON, "env"), cause, remedy)
    if not column_specs(document):
        cause = "the model has no signature, so nothing tells the names and types of its inputs"
        remedy = "Save it with signature=infer_signature(inputs, outputs)"
        yield document.finding(("signature",), cause, remedy, "warning")
    version = str(reach(document.value, ("mlflow_version",))[0] or "")
    if version.partition(".")[0].isdigit() and int(version.partition(".")[0]) >= 3:
        cause = (
            f"the model was saved by MLflow {version}; models of MLflow 3 have ended Azure's "
            "container for models without code, by 502"
        )
        remedy = "If it does not start, save it with mlflow<3, or deploy it with a scoring script"
        yield document.finding(("mlflow_version",), cause, remedy, "warning")


def conda_name(document: Document) -> str | None:
    """Return the path of the conda file in the model's folder; None if MLmodel names none."""
    env = reach(document.value, (*PYTHON, "env"))[0]
    named = env.get(_CONDA) if isinstance(env, Mapping) else env
    return named if isinstance(named, str) else None


def example_names(document: Document) -> tuple[str, ...]:
    """Return the paths of the input examples, that for servers first."""
    info = reach(document.value, _EXAMPLE)[0]
    found = [info.get(it) for it in _EXAMPLES] if isinstance(info, Mapping) else []
    return tuple(it for it in found if isinstance(it, str))


def column_specs(document: Document) -> tuple[Mapping[str, Any], ...]:
    """Return what the signature tells of each input; none if it tells nothing.

    MLflow writes the type `any` where it could not infer one.
    """
    text = reach(document.value, ("signature", "inputs"))[0]
    try:
        listed = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return ()
    specs = [it for it in listed if isinstance(it, Mapping)] if isinstance(listed, list) else []
    return tuple(it for it in specs if it.get("type") != "any")


def column_names(document: Document) -> tuple[str, ...]:
    """Return the names of the inputs in the signature; tensors and lists may have none."""
    return tuple(str(it["name"]) for it in column_specs(document) if it.get("name") is not None)


def _lacking(document: Document, asked: Asked, files: Files) -> Iterator[Finding]:
    """Find files that MLmodel names and the package lacks."""
    for at, named in _named(document.value):
        path = asked.inside(named)
        if any(it.startswith(f"{path}/") for it in files.files):
            continue  # a folder
        if (lacking := files.lacking(path)) is not None:
            cause = f"MLmodel names '{named}': {lacking[0]}"
            yield document.finding(at, cause, lacking[1])


def _named(value: Any) -> Iterator[tuple[Path, str]]:
    """The paths in the model's folder that MLmodel names, each with its place."""
    flavors = reach(value, ("flavors",))[0]
    for name, flavor in flavors.items() if isinstance(flavors, Mapping) else ():
        yield from _paths_in(("flavors", name), flavor, _PATHS)
    python = reach(value, PYTHON)[0]
    # MLflow writes the whole path of the machine that saved it, and looks for its last part.
    code = python.get("model_code_path")
    if isinstance(code, str) and code:
        yield (*PYTHON, "model_code_path"), basename(code.replace("\\", "/"))
    env = python.get("env")
    if isinstance(env, str):
        yield (*PYTHON, "env"), env
    yield from _paths_in((*PYTHON, "env"), env, (_CONDA, "virtualenv"))
    artifacts = python.get("artifacts")
    for name, artifact in artifacts.items() if isinstance(artifacts, Mapping) else ():
        yield from _paths_in((*PYTHON, "artifacts", name), artifact, ("path",))
    yield from _paths_in(_EXAMPLE, reach(value, _EXAMPLE)[0], _EXAMPLES)


def _paths_in(at: Path, fields: Any, names: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    if isinstance(fields, Mapping):
        for name in names:
            if isinstance(fields.get(name), str) and fields[name]:
                yield (*at, name), fields[name]
