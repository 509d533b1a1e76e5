"""An MLflow model without code as a kind of package."""

from collections.abc import Mapping
from typing import Any

from shared.domain.azure.endpoint import RequestSettings
from shared.domain.kinds.kind import Kind, Place
from shared.domain.kinds.mlflow_model.model import MLFLOW_MODEL_NAME, MlflowModel
from shared.domain.kinds.mlflow_model.unfit import unfit
from shared.domain.kinds.settings import LONGEST


def variables(_place: Place) -> Mapping[str, str]:
    """Return none: Azure sets what its script needs."""
    return {}


def sample(model: MlflowModel) -> dict[str, Any]:
    """Return the model's input example; the manifest must give a sample where it has none."""
    return dict(model.sample or {})


def model_properties(_model: MlflowModel, _endpoint: str) -> dict[str, str]:
    """Return none: Azure reads MLmodel."""
    return {}


MLFLOW_MODEL = Kind(
    name=MLFLOW_MODEL_NAME,
    content=MlflowModel,
    sample=sample,
    model_properties=model_properties,
    unfit=unfit,
    variables=variables,
    variable_names=frozenset(),
    stream="text/event-stream",
    requests=RequestSettings(
        request_timeout=LONGEST / 1000, max_concurrent_requests_per_instance=1
    ),
)
