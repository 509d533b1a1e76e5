"""Required fields of a deployment, and Azure's defaults for the rest (as recorded)."""

import datetime as dt
import re
from typing import Any

from pydantic import TypeAdapter, ValidationError

from local import cloud
from local.azure_ml.errors import ArmError, invalid, not_found
from local.azure_ml.exchange import Json
from local.azure_ml.no_code import served_without_code
from local.azure_ml.registry import registry_model
from local.azure_ml.sizes import size
from local.azure_ml.store import Store

PROBE = {
    "failureThreshold": 30,
    "successThreshold": 1,
    "timeout": "PT2S",
    "period": "PT10S",
    "initialDelay": "PT10S",
}
REQUESTS = {
    "maxConcurrentRequestsPerInstance": 1,
    "requestTimeout": "PT5S",
    "maxQueueWait": "PT0S",
}
SOURCE_FLOW = "azureml.promptflow.source_flow_id"
MOST_INSTANCES = 50
_ASSET = re.compile(
    re.escape(f"{cloud.WORKSPACE_ID}/") + r"(?P<kind>\w+)/(?P<name>[^/]+)/versions/(?P<v>[^/]+)",
    re.IGNORECASE,
)
_DURATION = TypeAdapter(dt.timedelta)


def fill_defaults(properties: Json) -> Json:
    """Return the properties, with Azure's defaults for missing ones."""
    stated = {key: value for key, value in properties.items() if value is not None}
    return {
        "description": None,
        "appInsightsEnabled": False,
        "codeConfiguration": None,
        "dataCollector": None,
        "environmentId": None,
        "egressPublicNetworkAccess": "Enabled",
        "endpointComputeType": "Managed",
        "environmentVariables": {},
        "modelMountPath": None,
        "scaleSettings": {"scaleType": "Default"},
        **stated,
        "requestSettings": _merge(REQUESTS, stated.get("requestSettings")),
        "livenessProbe": _merge(PROBE, stated.get("livenessProbe")),
        "readinessProbe": _merge(PROBE, stated.get("readinessProbe")),
    }


def check(properties: Json, capacity: Any, store: Store) -> None:
    """Refuse a request that Azure refuses before an operation begins.

    Raises:
        ArmError: 400 or 404 with the reason.
    """
    if not isinstance(capacity, int) or not 1 <= capacity <= MOST_INSTANCES:
        raise invalid(f"The instance count must be from 1 to {MOST_INSTANCES}.", field="Capacity")
    instance_type = str(properties.get("instanceType") or "")
    if size(instance_type) is None:
        raise invalid(f"The InstanceType '{instance_type}' is not supported.", field="InstanceType")
    environment = asset(store, "environments", properties.get("environmentId"))
    model = registry_model(properties.get("model"))
    model = model or asset(store, "models", properties.get("model"))
    _check_code(properties.get("codeConfiguration"), store)
    code = properties.get("codeConfiguration")
    if environment is None and (code or not served_without_code(model)):
        raise _missing_driver()
    if environment is not None and not (environment["properties"].get("inferenceConfig") or code):
        raise _missing_driver()
    _check_timeout(properties, model)


def _check_code(code: Json | None, store: Store) -> None:
    """The field is in ARM's schema: `CodeConfiguration` needs a scoringScript."""
    if code is None:
        return
    if not code.get("scoringScript"):
        raise invalid("The field scoringScript is required.", field="CodeConfiguration")
    asset(store, "codes", code.get("codeId"))


def asset(store: Store, kind: str, resource_id: object) -> Json | None:
    """Return the asset version that an id names; None without an id.

    Raises:
        ArmError: the id is malformed, or there is no such version.
    """
    if not resource_id:
        return None
    text = str(resource_id).removeprefix("azureml:")
    match = _ASSET.fullmatch(text)
    if match is None or match["kind"].lower() != kind:
        raise invalid(f"'{text}' is not the id of a version in {kind} of this workspace.")
    found = store.get(kind, text)
    if found is None:
        raise not_found(text)
    return found


def seconds(duration: str) -> float:
    """Return the seconds of an ISO 8601 duration such as `PT1M30S`."""
    try:
        return _DURATION.validate_python(duration).total_seconds()
    except ValidationError as error:
        raise invalid(f"'{duration}' is not an ISO 8601 duration.") from error


def _check_timeout(properties: Json, model: Json | None) -> None:
    asked = seconds(properties["requestSettings"]["requestTimeout"])
    flow = SOURCE_FLOW in ((model or {}).get("properties", {}).get("properties") or {})
    most = 300 if flow else 180
    if asked > most:
        message = f"The request timeout of {asked:g} s is above the limit of {most} s."
        raise invalid(message, field="RequestTimeout")


def _merge(defaults: Json, stated: Json | None) -> Json:
    given = {key: value for key, value in (stated or {}).items() if value is not None}
    return {**defaults, **given}


def _missing_driver() -> ArmError:
    # As in the article 'Deploy a flow for real-time inference', under MissingDriverProgram.
    detail = {
        "code": "MissingDriverProgram",
        "message": "Could not find driver program in the request.",
        "details": [],
        "additionalInfo": [],
    }
    return ArmError(400, "BadRequest", "The request is invalid.", details=[detail])
