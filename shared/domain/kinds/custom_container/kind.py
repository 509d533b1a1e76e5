"""A custom container as a kind of package."""

from typing import Any

from shared.domain.azure.endpoint import RequestSettings
from shared.domain.kinds.custom_container.model import CUSTOM_CONTAINER_NAME, CustomContainer
from shared.domain.kinds.custom_container.unfit import unfit
from shared.domain.kinds.kind import Kind
from shared.domain.kinds.scoring_script.kind import variables
from shared.domain.kinds.settings import LONGEST


def sample(container: CustomContainer) -> dict[str, Any]:
    """Return that of sample-request.json; the manifest must give one where there is none."""
    return dict(container.sample or {})


def model_properties(_container: CustomContainer, _endpoint: str) -> dict[str, str]:
    """Return none: studio knows a model by itself."""
    return {}


CUSTOM_CONTAINER = Kind(
    name=CUSTOM_CONTAINER_NAME,
    content=CustomContainer,
    sample=sample,
    model_properties=model_properties,
    unfit=unfit,
    variables=variables,
    variable_names=frozenset({"AZURE_CLIENT_ID"}),
    stream="text/event-stream",
    requests=RequestSettings(request_timeout=LONGEST / 1000),
    container=lambda container: container.server,
    mounts=True,
)
