"""A scoring script as a kind of package."""

from collections.abc import Mapping
from typing import Any

from shared.domain.azure.endpoint import RequestSettings
from shared.domain.kinds.kind import Kind, Place
from shared.domain.kinds.scoring_script.model import SCORING_SCRIPT_NAME, ScoringScript
from shared.domain.kinds.scoring_script.unfit import unfit
from shared.domain.kinds.settings import LONGEST

_CLIENT_ID = "AZURE_CLIENT_ID"


def variables(place: Place) -> Mapping[str, str]:
    """Make the variable from which the code finds a user-assigned identity."""
    return {_CLIENT_ID: place.client_id} if place.client_id else {}


def sample(script: ScoringScript) -> dict[str, Any]:
    """Return the sample that the script tells; the manifest must give one where it tells none."""
    return dict(script.sample or {})


def model_properties(_script: ScoringScript, _endpoint: str) -> dict[str, str]:
    """Return none: studio knows a model by itself."""
    return {}


SCORING_SCRIPT = Kind(
    name=SCORING_SCRIPT_NAME,
    content=ScoringScript,
    sample=sample,
    model_properties=model_properties,
    unfit=unfit,
    variables=variables,
    variable_names=frozenset({_CLIENT_ID}),
    stream="text/event-stream",
    requests=RequestSettings(
        request_timeout=LONGEST / 1000, max_concurrent_requests_per_instance=1
    ),
)
