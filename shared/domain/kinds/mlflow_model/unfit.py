"""Settings of a manifest that an MLflow model cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.mlflow_model.model import INPUT, MlflowModel
from shared.domain.kinds.model_type import MLFLOW_TYPE, model_type
from shared.domain.kinds.settings import (
    flow_settings,
    long_timeout,
    no_mount,
    no_sample,
    own_environment,
)
from shared.domain.parsing.document import Path, reach
from shared.domain.parsing.text import join_names, quoted

_MODEL: Path = ("deployment", "model")
_COLLECTIONS: Path = ("deployment", "data_collector", "collections")
_COLLECTED = frozenset({"model_inputs", "model_outputs", "request", "response"})
"""What Azure's script collects, and what the server does."""


def unfit(model: MlflowModel, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit a model without code."""
    yield from flow_settings(manifest, "an MLflow model")
    yield from own_environment(manifest)
    yield from _other_model(reach(manifest, _MODEL)[0])
    yield from _collected(reach(manifest, _COLLECTIONS)[0])
    yield from long_timeout(manifest)
    yield from no_mount(manifest)
    yield from _requests(manifest)
    yield from no_sample(manifest, model.sample, "the model", _example(model))


def _example(model: MlflowModel) -> str:
    """A sample as JSON, with the columns of the signature where it has them."""
    if not model.columns:
        return f'{{"{INPUT}": [[1, 2]]}}'
    names = ", ".join(f'"{it}"' for it in model.columns[:5])
    values = ", ".join("1" for _ in model.columns[:5])
    return f'{{"{INPUT}": {{"columns": [{names}], "index": [0], "data": [[{values}]]}}}}'


def _other_model(asked: Any) -> Iterator[Unfit]:
    """Find that the deployment means another model, or another type of it, than MLmodel."""
    if asked is None:
        return
    if not isinstance(asked, Mapping) or asked.get("path") is None:
        cause = "the deployment names a registered model, and the package is a model itself"
        yield Unfit(_MODEL, cause, "Leave one of them out")
    elif model_type(asked.get("type")) != MLFLOW_TYPE:
        cause = "the deployment has no code, and Azure serves only models of MLflow without"
        yield Unfit(_MODEL, cause, f"Write type: {MLFLOW_TYPE}, or add code_configuration")


def _collected(collections: Any) -> Iterator[Unfit]:
    for name in sorted(set(collections) - _COLLECTED) if isinstance(collections, Mapping) else ():
        cause = f"Azure's script for MLflow models collects nothing as {quoted(name)}"
        remedy = f"It collects: {join_names(sorted(_COLLECTED))}"
        yield Unfit((*_COLLECTIONS, name), cause, remedy, "warning")


def _requests(manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Find a sample that has the shape of MLflow's own server."""
    given: list[tuple[Path, Any]] = [(("smoke_test",), reach(manifest, ("smoke_test",))[0])]
    samples = reach(manifest, ("smoke_test", "samples"))[0]
    for index, sample in enumerate(samples if isinstance(samples, list) else ()):
        given.append((("smoke_test", "samples", index), sample))
    for at, sample in given:
        request = sample.get("input") if isinstance(sample, Mapping) else None
        if isinstance(request, Mapping) and request and INPUT not in request:
            cause = f"the request has no '{INPUT}', which is all that Azure's script reads"
            remedy = (
                f'Write {{"{INPUT}": {{"columns": […], "index": [0], "data": [[…]]}}}}; '
                "dataframe_split and inputs are for MLflow's own server"
            )
            yield Unfit((*at, "input"), cause, remedy)
