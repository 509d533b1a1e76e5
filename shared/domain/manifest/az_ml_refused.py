"""Endpoints and deployments of az ml that are no managed online ones of a flow: refused by name.

A row is one kind that is not served (yet); what it says is the reason, not a field that is unknown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Finding
from shared.domain.manifest.az_ml import snake
from shared.domain.manifest.az_ml_kind import Section, schema_name
from shared.domain.parsing.document import Document, Path, reach

type _Sign = Callable[[Mapping[str, Any]], str | None]
"""The field that shows what it is, or None."""

_BATCH = ("mini_batch_size", "output_action", "max_concurrency_per_instance", "settings")


@dataclass(frozen=True)
class _Refused:
    section: Section
    sign: _Sign
    cause: str
    remedy: str


def _schema(word: str) -> _Sign:
    return lambda said: "$schema" if word in schema_name(said.get("$schema")) else None


def _any_of(*fields: str) -> _Sign:
    return lambda said: next((each for each in fields if said.get(each) is not None), None)


def _typed(kind: str) -> _Sign:
    return lambda said: "type" if snake(said.get("type")) == kind else None


def _model_typed(kind: str) -> _Sign:
    return lambda said: "model" if snake(reach(said, ("model", "type"))[0]) == kind else None


def _several_models(said: Mapping[str, Any]) -> str | None:
    return "model" if isinstance(said.get("model"), list) else _any_of("models")(said)


def _either(*signs: _Sign) -> _Sign:
    return lambda said: next((found for sign in signs if (found := sign(said)) is not None), None)


def _elsewhere(command: str) -> str:
    return f"Leave the file out, and give it to az ml {command} create"


_MANAGED = "Sluice makes managed online endpoints and deployments alone"
_FLOW = "Sluice deploys the flow beside it"

_ROWS = (
    _Refused(
        "endpoint",
        _either(_schema("batch"), _any_of("defaults")),
        f"this is a batch endpoint: {_MANAGED}",
        _elsewhere("batch-endpoint"),
    ),
    _Refused(
        "endpoint",
        _either(_typed("kubernetes"), _any_of("compute"), _schema("kubernetes")),
        f"this is a Kubernetes online endpoint: {_MANAGED}",
        _elsewhere("online-endpoint"),
    ),
    _Refused(
        "deployment",
        _any_of("apiVersion"),
        "this is a manifest of Kubernetes itself, and no az ml file",
        "Give it another name, or leave it out: a file of this name is taken for az ml's",
    ),
    _Refused(
        "deployment",
        _either(_schema("batch"), _any_of(*_BATCH)),
        f"this is a batch deployment: {_MANAGED}",
        _elsewhere("batch-deployment"),
    ),
    _Refused(
        "deployment",
        _either(_typed("kubernetes"), _any_of("resources"), _schema("kubernetes")),
        f"this is a Kubernetes online deployment: {_MANAGED}",
        _elsewhere("online-deployment"),
    ),
    _Refused(
        "deployment",
        _model_typed("triton_model"),
        f"this deployment serves a Triton model: {_FLOW}",
        _elsewhere("online-deployment"),
    ),
    _Refused(
        "deployment",
        _model_typed("mlflow_model"),
        f"this deployment serves an MLflow model: {_FLOW}",
        _elsewhere("online-deployment"),
    ),
    _Refused(
        "deployment",
        _several_models,
        f"this deployment serves several models: {_FLOW}",
        "Leave the list of models out: the flow is the model",
    ),
    _Refused(
        "deployment",
        _any_of("code_configuration"),
        f"this deployment runs a scoring script of its own: {_FLOW}",
        "Take code_configuration off to have the flow answer; or leave the file out, and give it "
        "to az ml online-deployment create",
    ),
    _Refused(
        "model",
        _typed("triton_model"),
        f"this is a Triton model: {_FLOW}",
        _elsewhere("model"),
    ),
    _Refused(
        "model",
        _typed("mlflow_model"),
        f"this is an MLflow model: {_FLOW}",
        _elsewhere("model"),
    ),
)


def refused_kind(section: Section, document: Document, at: Path = ()) -> Iterator[Finding]:
    """Why an endpoint or deployment is none that can be made from a flow.

    Args:
        section: What it is.
        document: The file that says it.
        at: Where in the file it stands.
    """
    said = reach(document.value, at)[0]
    if isinstance(said, Mapping):
        for row in _ROWS:
            if row.section == section and (field := row.sign(said)) is not None:
                yield document.finding((*at, field), row.cause, row.remedy)
                return  # the first reason is the true one, the others follow from it
