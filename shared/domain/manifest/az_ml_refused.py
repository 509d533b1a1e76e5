"""Refuse az ml endpoints, deployments and models that Sluice does not make.

Each row is a kind that Sluice does not make (yet), so that the message names the kind, not an
unknown field.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Finding
from shared.domain.manifest.az_ml import snake
from shared.domain.manifest.az_ml_kind import Section, schema_name
from shared.domain.parsing.document import Document, Path, reach

type _Sign = Callable[[Mapping[str, Any]], str | None]
"""Return the field that shows the kind, or None."""

_BATCH = ("mini_batch_size", "output_action", "max_concurrency_per_instance", "settings")


@dataclass(frozen=True)
class _Refused:
    section: Section
    sign: _Sign
    cause: str
    remedy: str


def _schema(word: str) -> _Sign:
    return lambda value: "$schema" if word in schema_name(value.get("$schema")) else None


def _any_of(*fields: str) -> _Sign:
    return lambda value: next((each for each in fields if value.get(each) is not None), None)


def _typed(kind: str) -> _Sign:
    return lambda value: "type" if snake(value.get("type")) == kind else None


def _model_typed(kind: str) -> _Sign:
    return lambda value: "model" if snake(reach(value, ("model", "type"))[0]) == kind else None


def _several_models(value: Mapping[str, Any]) -> str | None:
    return "model" if isinstance(value.get("model"), list) else _any_of("models")(value)


def _either(*signs: _Sign) -> _Sign:
    return lambda value: next((found for sign in signs if (found := sign(value)) is not None), None)


def _elsewhere(command: str) -> str:
    return f"Leave the file out, and give it to az ml {command} create"


_MANAGED = "Sluice makes only managed online endpoints and deployments"
_NOT_YET = ", which Sluice does not deploy"

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
        "this is a Kubernetes manifest, not an az ml file",
        "Rename it, or leave it out: a file of this name is read as az ml's",
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
        f"this deployment serves a Triton model{_NOT_YET}",
        _elsewhere("online-deployment"),
    ),
    _Refused(
        "deployment",
        _several_models,
        "this deployment serves several models, and Sluice makes deployments of one",
        "Leave the list out: a flow is the model, and a scoring script names one",
    ),
    _Refused(
        "model",
        _typed("triton_model"),
        f"this is a Triton model{_NOT_YET}",
        _elsewhere("model"),
    ),
)


def refused_kind(section: Section, document: Document, at: Path = ()) -> Iterator[Finding]:
    """Yield why an endpoint, a deployment or a model is not one that Sluice makes.

    Args:
        section: Its section.
        document: The file.
        at: Its place in the file.
    """
    value = reach(document.value, at)[0]
    if isinstance(value, Mapping):
        for row in _ROWS:
            if row.section == section and (field := row.sign(value)) is not None:
                yield document.finding((*at, field), row.cause, row.remedy)
                return  # other reasons follow from the first
