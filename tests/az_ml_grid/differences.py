"""Cases in which our reading and azure-ai-ml's differ, each with its reason.

`*` in a name matches anything.
"""

import re
from collections.abc import Mapping

_UNUSED = "the field has no effect here, whatever its value, and a warning says so"
_ONE_MEANING = "az ml refuses it only for its type; it can mean only one thing"
_UNSET = "null counts as unset, as everywhere in a manifest"
_TEXTS = "Azure keeps texts: a value that is not a scalar, or a key that is not text, is a mistake"
_AZURE = "Azure refuses it when the deployment is created; az ml's loader does not check it"
_NAMES = "Azure refuses the name; az ml checks it only when it sends, or not at all"
_ANSWERED = "Azure returns this field, nobody sets it"
_PACKAGE = "files missing in the package cannot be built; az ml notices only when it uploads"

_TAKEN: Mapping[str, str] = {
    "* | null": _UNSET,
    "* | nothing": _UNSET,
    "* | date": "YAML 1.1 makes a date of it, which az ml refuses; we keep the text",
    "endpoint: type: %s | *": "older files have it, and it is true for every managed endpoint",
    **{
        f"endpoint: {field}: %s | *": _UNUSED
        for field in (
            *("traffic", "mirror_traffic", "location", "id", "kind", "scoring_uri"),
            *("openapi_uri", "provisioning_state"),
        )
    },
    **{
        f"deployment: {field}: %s | *": _UNUSED
        for field in ("model", "model_mount_path", "id", "provisioning_state")
    },
    "*{enabled: %s}*": _ONE_MEANING,
    "*data: {version: %s}*": _ONE_MEANING,
    "*data: %s}* | named": "az ml loads it and then fails: 'str' object has no attribute 'name'",
    "*environment: %s | text": "a name alone is the latest version, here as in azureml:name",
    "*environment: %s | unprefixed": _ONE_MEANING,
    "*environment: %s | arm-id-*": _ONE_MEANING,
    "*environment: %s | name-*": "it names a registered one, which az ml accepts only as text",
    "*environment: {*properties: %s} | *": "Azure's API has them, az ml's files do not",
}
_REFUSED: Mapping[str, str] = {
    "* | two-dashes": _NAMES,
    "deployment: name: %s | *": _NAMES,
    "deployment: endpoint_name: %s | *": _NAMES,
    **{
        f"* | {value}": _TEXTS
        for value in ("list-value", "map-value", "number-key", "switch-key", "null-value")
    },
    **{f"* | {value}": _AZURE for value in ("zero", "negative", "huge", "over")},
    "* | fraction": "az ml cuts it to a whole number; 3.5 instances are a mistake",
    "*instance_count: %s | sexagesimal": "over the 50 instances that Azure gives",
    "* | empty": "an empty text or map sets nothing, and Azure refuses it",
    "* | list": "az ml drops it silently",
    "* | map": "az ml drops it silently",
    "*identity: {type: %s} | *none": "an endpoint without identity reads neither image nor model",
    "*identity: {type: %s, *} | *system_assigned": "the two contradict each other",
    "* | short-id": "Azure requires the ARM id of the identity",
    "*principal_id: %s} | *": _ANSWERED,
    "*tenant_id: %s} | *": _ANSWERED,
    "*type: %s | *kubernetes": "Sluice makes managed deployments alone",
    "*code_configuration: *": "Sluice deploys a flow, no scoring script",
    "*environment: %s | *label": "latest is the only label of environments in Azure ML",
    "*environment: %s | two-versions": "no environment can have that name; az ml asks Azure",
    "*environment: %s | prefix-alone": "it names none; az ml asks Azure",
    "*environment: %s | arm-id-of-a-model": "it is a model; az ml leaves the finding to Azure",
    "*environment: %s | registry*": "Sluice cannot look whether it serves, nor grant its pull",
    "*environment: %s | image-without-routes": "Azure ends in MissingDriverProgram after minutes",
    "*os_type: %s* | *windows": "flows are served on Linux",
    "*conda_file: %s* | *": "no prompt flow runtime that serves is built from conda files",
    "*datastore: %s* | *": "what is built is uploaded to the workspace's default datastore",
    "*build: {path: *": _PACKAGE,
}
_OTHER: Mapping[str, str] = {
    "*name: %s | capitals": "Azure's names have no capitals; a warning says so",
    "*max_queue_wait_ms: %s} | zero": "az ml leaves a zero out, and Azure takes its default then",
    "*initial_delay: %s} | zero": "az ml leaves a zero out, and Azure takes its default then",
    "* | prefixed": "az ml sends the prefix along, of which ARM knows nothing",
}
LISTED: Mapping[str, Mapping[str, str]] = {
    "taken": _TAKEN,
    "refused": _REFUSED,
    "other": _OTHER,
}
"""By outcome: only Sluice accepts it, only az ml accepts it, or the bodies differ."""


def reason(name: str, outcome: str) -> str | None:
    """Return why a case differs, or None if no reason is listed."""
    listed = LISTED.get(outcome, {})
    return next((why for pattern, why in listed.items() if matches(pattern, name)), None)


def matches(pattern: str, name: str) -> bool:
    """Return whether a listed name matches the case."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None
