"""The table of defaults matches those of azure-ai-ml and Sluice."""

import re
from typing import Any

from azure.ai.ml._schema._deployment.online.online_deployment import ManagedOnlineDeploymentSchema
from azure.ai.ml.entities import ManagedOnlineDeployment, ManagedOnlineEndpoint
from azure.ai.ml.entities._deployment.deployment_settings import (
    OnlineRequestSettings,
    ProbeSettings,
)

from docs.az_ml_defaults import AZ_ML, REASONS, ours

_SAID = re.compile(r":(?:type|keyword) (\w+):.*?defaults to (\d+)|:param (\w+): defaults to (\d+)")


def _defaults(text: str | None) -> dict[str, int]:
    found = _SAID.findall(text or "")
    return {first or third: int(second or fourth) for first, second, third, fourth in found}


def test_the_listed_az_ml_defaults_match_azure_ai_ml() -> None:
    requests = _defaults(OnlineRequestSettings.__doc__)
    probe = _defaults(ProbeSettings.__init__.__doc__)
    assert len(requests) == 3
    assert len(probe) == 5
    said = {
        **{f"request_settings.{field}": value for field, value in requests.items()},
        **{f"liveness_probe.{field}": value for field, value in probe.items()},
        **{f"readiness_probe.{field}": value for field, value in probe.items()},
    }
    assert said == {field: AZ_ML[field] for field in said}
    assert ManagedOnlineEndpoint(name="a").auth_mode == AZ_ML["auth_mode"]
    insights = ManagedOnlineDeployment(name="a").app_insights_enabled
    assert insights == AZ_ML["app_insights_enabled"]
    schema: Any = ManagedOnlineDeploymentSchema
    fields = schema(context={"base_path": "."}).fields
    assert fields["instance_type"].required


def test_exactly_the_differing_defaults_have_a_reason() -> None:
    said = ours()
    assert said.keys() == AZ_ML.keys()
    assert {field for field in said if said[field] != AZ_ML[field]} == REASONS.keys()
