"""Every field of az ml's online endpoints and deployments, with the values to try."""

from collections.abc import Iterator, Mapping

from tests.az_ml_grid.environments import ENVIRONMENTS
from tests.az_ml_grid.values import FEW_WHOLE, MAP, SECTION, SWITCH, TEXT, WHOLE, Values, words

_ROUTES = (
    "inference_config: {liveness_route: {port: 8080, path: /health}, "
    "readiness_route: {port: 8080, path: /health}, scoring_route: {port: 8080, path: /score}}"
)
_COLLECTED = "collections: {model_inputs: {enabled: 'true'}}"
_IDENTITY = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u"
)
_NAMES: Values = {
    **TEXT,
    "good": "blue-1",
    "capitals": "Blue",
    "short": "ab",
    "long": "a" * 33,
    "underscore": "blue_1",
    "two-dashes": "a--b",
    "ends-in-dash": "blue-",
    "digit-first": "1blue",
}
_SAMPLING: Values = {**WHOLE, "half": "0.5", "half-as-text": '"0.5"', "over": "1.5"}

ENDPOINT: Mapping[str, Values] = {
    "name: %s": _NAMES,
    "description: %s": TEXT,
    "auth_mode: %s": words("key", "aml_token", "aad_token"),
    "tags: %s": MAP,
    "properties: %s": MAP,
    "public_network_access: %s": words("enabled", "disabled"),
    "type: %s": words("online", "managed", "batch"),
    "traffic: %s": {"one": "{blue: 100}", "over": "{blue: 101}", "word": "{blue: all}"} | SECTION,
    "mirror_traffic: %s": {"one": "{blue: 10}", "word": "{blue: all}"} | SECTION,
    "location: %s": TEXT,
    "kind: %s": TEXT,
    "id: %s": TEXT,
    "scoring_uri: %s": TEXT,
    "openapi_uri: %s": TEXT,
    "provisioning_state: %s": TEXT,
    "identity: %s": SECTION,
    "identity: {type: %s}": words("system_assigned", "none"),
    f"identity: {{type: %s, user_assigned_identities: [{{resource_id: {_IDENTITY}}}]}}": words(
        "user_assigned", "system_assigned"
    ),
    "identity: {type: user_assigned, user_assigned_identities: %s}": {
        **SECTION,
        "id": f"[{{resource_id: {_IDENTITY}}}]",
        "prefixed": f"[{{resource_id: 'azureml:{_IDENTITY}'}}]",
        "two": f"[{{resource_id: {_IDENTITY}}}, {{resource_id: {_IDENTITY}2}}]",
        "client": f"[{{resource_id: {_IDENTITY}, client_id: c, object_id: o}}]",
        "text": f"[{_IDENTITY}]",
        "short-id": "[{resource_id: mine}]",
        "unknown": f"[{{resource_id: {_IDENTITY}, nonsense: 1}}]",
    },
    "identity: {type: system_assigned, principal_id: %s}": TEXT,
    "identity: {type: system_assigned, tenant_id: %s}": TEXT,
    "nonsense: %s": TEXT,
    "$schema: %s": TEXT,
}

DEPLOYMENT: Mapping[str, Values] = {
    "name: %s": _NAMES,
    "endpoint_name: %s": _NAMES,
    "description: %s": TEXT,
    "tags: %s": MAP,
    "properties: %s": MAP,
    "environment_variables: %s": MAP,
    "instance_type: %s": {"size": "Standard_DS3_v2", "small-letters": "standard_ds3_v2"} | TEXT,
    "instance_count: %s": WHOLE,
    "app_insights_enabled: %s": SWITCH,
    "private_network_connection: %s": SWITCH,
    "egress_public_network_access: %s": words("enabled", "disabled"),
    "type: %s": words("managed", "kubernetes"),
    "model: %s": {
        "named": "azureml:m:1",
        "latest": "azureml:m@latest",
        "registry": "azureml://registries/azureml/models/m/versions/1",
        "inline": "{path: model}",
        "gone": "{path: gone}",
        **TEXT,
    },
    "model_mount_path: %s": TEXT,
    "code_configuration: %s": {"code": "{code: model, scoring_script: a.py}"} | SECTION,
    "id: %s": TEXT,
    "provisioning_state: %s": TEXT,
    "creation_context: %s": TEXT,
    "scale_settings: %s": SECTION,
    "scale_settings: {type: %s}": words("default", "target_utilization"),
    **{
        f"scale_settings: {{type: {kind}, {field}: %s}}": {"one": "1", "word": "many"}
        for kind in ("default", "target_utilization")
        for field in (
            *("min_instances", "max_instances"),
            *("polling_interval", "target_utilization_percentage"),
        )
    },
    "request_settings: %s": SECTION,
    **{
        f"request_settings: {{{field}: %s}}": WHOLE | {"five-minutes": "300000", "over": "300001"}
        for field in (
            *("request_timeout_ms", "max_queue_wait_ms"),
            "max_concurrent_requests_per_instance",
        )
    },
    **{
        f"{probe}: {{{field}: %s}}": values | {"long": "1000000"}
        for probe, values in (("liveness_probe", WHOLE), ("readiness_probe", FEW_WHOLE))
        for field in (
            *("initial_delay", "period", "timeout"),
            *("success_threshold", "failure_threshold"),
        )
    },
    "liveness_probe: %s": SECTION,
    "readiness_probe: %s": SECTION,
    "data_collector: %s": SECTION,
    "data_collector: {collections: %s}": SECTION,
    "data_collector: {collections: {model_inputs: %s}}": SECTION,
    "data_collector: {collections: {model_inputs: {enabled: %s}}}": SWITCH,
    "data_collector: {collections: {model_inputs: {enabled: 'true', client_id: %s}}}": TEXT,
    "data_collector: {collections: {model_inputs: {enabled: 'true', data: %s}}}": {
        **SECTION,
        "named": "azureml:d:1",
        "named-twice": "azureml:d:1:2",
        "latest": "azureml:d@latest",
        "unversioned": "azureml:d",
        "inline": '{name: d, version: "2"}',
        "path": "{path: azureml://datastores/workspaceblobstore/paths/x}",
    },
    **{
        "data_collector: {collections: {model_inputs: {enabled: 'true', data: "
        f"{{{field}: %s}}}}}}}}": TEXT
        for field in ("name", "version", "path", "data_id")
    },
    f"data_collector: {{{_COLLECTED}, rolling_rate: %s}}": words("minute", "hour", "day"),
    f"data_collector: {{{_COLLECTED}, sampling_rate: %s}}": _SAMPLING,
    f"data_collector: {{{_COLLECTED}, request_logging: %s}}": SECTION,
    f"data_collector: {{{_COLLECTED}, request_logging: {{capture_headers: %s}}}}": {
        **SECTION,
        "headers": "[x-a, x-b]",
        "numbers": "[1]",
        "none": "[]",
    },
    f"data_collector: {{{_COLLECTED}, destination: %s}}": SECTION,
    "data_collector: {collections: {a b: {enabled: 'true'}}, nonsense: %s}": TEXT,
    "environment: %s": ENVIRONMENTS,
    **{
        f"environment: {{image: a:1, {_ROUTES}, {field}: %s}}": values
        for field, values in {
            "name": TEXT,
            "version": TEXT,
            "description": TEXT,
            "tags": MAP,
            "properties": MAP,
            "os_type": words("linux", "windows"),
            "datastore": TEXT,
            "conda_file": {"file": "conda.yaml", "inline": "{dependencies: [pip]}"} | TEXT,
            "build": {"folder": "{path: image_build}"} | SECTION,
            "nonsense": TEXT,
            "id": TEXT,
        }.items()
    },
    f"environment: {{image: %s, {_ROUTES}}}": TEXT,
    f"environment: {{{_ROUTES}, build: {{path: %s}}}}": {
        **TEXT,
        "folder": "image_build",
        "dotted": "./image_build",
        "slash": "image_build/",
        "file": "conda.yaml",
        "gone": "gone",
        "url": "https://github.com/a/b.git#main",
    },
    f"environment: {{{_ROUTES}, build: {{path: image_build, dockerfile_path: %s}}}}": {
        **TEXT,
        "there": "Dockerfile",
        "gone": "Dockerfile.gone",
    },
    "environment: {image: a:1, inference_config: %s}": SECTION,
    **{
        "environment: {image: a:1, inference_config: {liveness_route: {port: 1, path: /}, "
        f"readiness_route: {{port: 1, path: /}}, scoring_route: {{{route}}}}}}}": values
        for route, values in {
            "port: %s, path: /a": WHOLE | {"over": "65536"},
            "port: 1, path: %s": TEXT,
            "port: %s": {"alone": "1"},
            "path: %s": {"alone": "/a"},
        }.items()
    },
    "nonsense: %s": TEXT,
    "$schema: %s": TEXT,
}


def cases(fields: Mapping[str, Values]) -> Iterator[tuple[str, str]]:
    """The name of each case, and its line of YAML."""
    for line, values in fields.items():
        short = (
            line.replace(_IDENTITY, "ID")
            .replace(_ROUTES, "ROUTES")
            .replace(_COLLECTED, "COLLECTIONS")
        )
        for name, value in values.items():
            yield f"{short} | {name}", line % value
