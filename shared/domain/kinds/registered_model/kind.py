"""A registered model as a kind of package."""

from collections.abc import Mapping
from typing import Any

from shared.domain.azure.endpoint import RequestSettings
from shared.domain.kinds.kind import Kind, Place
from shared.domain.kinds.registered_model.model import REGISTERED_MODEL_NAME, RegisteredModel
from shared.domain.kinds.registered_model.unfit import unfit
from shared.domain.kinds.settings import LONGEST


def variables(_place: Place) -> Mapping[str, str]:
    """Return none: Azure sets what the model needs."""
    return {}


def sample(_model: RegisteredModel) -> dict[str, Any]:
    """Return nothing: the manifest must give a sample."""
    return {}


def model_properties(_model: RegisteredModel, _endpoint: str) -> dict[str, str]:
    """Return none: the model is registered already."""
    return {}


REGISTERED_MODEL = Kind(
    name=REGISTERED_MODEL_NAME,
    content=RegisteredModel,
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
