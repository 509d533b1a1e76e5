from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.package import Reading, read

type Drop = Callable[[Mapping[str, str]], Reading]

ENDPOINT = """\
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: my-endpoint
auth_mode: key
tags: {from: endpoint}
"""
DEPLOYMENT = """\
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: my-endpoint
model:
  path: ../chat
  properties: [[azureml.promptflow.source_flow_id, chat]]
environment:
  build: {path: image_build, dockerfile_path: Dockerfile}
  inference_config:
    liveness_route: {port: 8080, path: /health}
    readiness_route: {port: 8080, path: /health}
    scoring_route: {port: 8080, path: /score}
instance_type: Standard_E16s_v3
instance_count: 1
environment_variables:
  PROMPTFLOW_RUN_MODE: serving
request_settings:
  request_timeout_ms: 90000
"""


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """Read a flow of one node with the given files beside it."""

    def written(files: Mapping[str, str]) -> Reading:
        flow = "nodes:\n- {name: a, type: prompt, source: {type: code, path: a.jinja2}}\n"
        beside = {"flow.dag.yaml": flow, "a.jinja2": "", "image_build/Dockerfile": "FROM a:1\n"}
        for path, text in {**beside, **files}.items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
        return read(tmp_path)

    return written


def test_az_ml_files_are_taken_as_they_are(drop: Drop) -> None:
    reading = drop({"endpoint.yaml": ENDPOINT, "deployment.yaml": DEPLOYMENT})
    assert reading.errors == ()
    assert reading.manifest.endpoint.name == "my-endpoint"
    assert reading.manifest.endpoint.auth_mode == "key"
    assert reading.manifest.deployment.instance_type == "Standard_E16s_v3"
    assert reading.manifest.deployment.request_settings is not None
    assert reading.manifest.deployment.request_settings.request_timeout_ms == 90_000


def test_fields_without_effect_are_reported_with_their_line(drop: Drop) -> None:
    reading = drop({"deployment.yml": DEPLOYMENT})
    assert [(each.line, each.severity) for each in reading.findings] == [
        (5, "warning"),
    ]
    assert "the flow is the model" in reading.findings[0].cause


def test_deploy_yaml_wins(drop: Drop) -> None:
    deploy = "endpoint: {tags: {more: x}, auth_mode: aad_token}\ndeployment: {instance_count: 5}\n"
    files = {"endpoint.yml": ENDPOINT, "deployment.yml": DEPLOYMENT, "deploy.yaml": deploy}
    manifest = drop(files).manifest
    assert manifest.endpoint.name == "my-endpoint"
    assert manifest.endpoint.tags == {"from": "endpoint", "more": "x"}
    assert manifest.endpoint.auth_mode == "aad_token"
    assert manifest.deployment.instance_count == 5
    assert manifest.deployment.instance_type == "Standard_E16s_v3"


def test_an_environment_is_replaced_as_a_whole(drop: Drop) -> None:
    files = {"deployment.yaml": DEPLOYMENT, "deploy.yaml": "deployment: {environment: {image: x}}"}
    reading = drop(files)
    assert ["MissingDriverProgram" in each.cause for each in reading.errors] == [True]
    assert not isinstance(reading.manifest.deployment.environment, str | None)
    assert reading.manifest.deployment.environment.build is None


def test_the_endpoint_of_a_deployment_file_names_the_endpoint(drop: Drop) -> None:
    assert drop({"deployment.yaml": DEPLOYMENT}).manifest.endpoint.name == "my-endpoint"


def test_two_different_endpoint_names_are_reported(drop: Drop) -> None:
    other = DEPLOYMENT.replace("endpoint_name: my-endpoint", "endpoint_name: other")
    reading = drop({"endpoint.yaml": ENDPOINT, "deployment.yaml": other})
    assert reading.manifest.endpoint.name == "my-endpoint"
    assert any("endpoint_name is 'other'" in each.cause for each in reading.findings)


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("endpoint.yaml", ENDPOINT + "colour: red\n", 5),
        ("deployment.yaml", DEPLOYMENT + "scale: big\n", 19),
        ("deployment.yaml", DEPLOYMENT + "resources: {requests: {cpu: 1}}\n", 19),
        ("deployment.yaml", DEPLOYMENT + "type: kubernetes\n", 19),
        ("endpoint.yaml", ENDPOINT + "compute: azureml:k8s\n", 5),
        ("endpoint.yaml", "name: x\nidentity: {type: system_assigned, more: 1}\n", 2),
        ("deployment.yaml", "endpoint_name: a_b\n", 1),
    ],
)
def test_values_that_az_ml_refuses_are_refused_with_their_line(
    drop: Drop, file: str, text: str, line: int
) -> None:
    errors = drop({file: text}).errors
    assert (file, line) in {(each.file, each.line) for each in errors}


@pytest.mark.parametrize("kind", ["managed", "Managed", "online"])
def test_the_field_type_managed_gives_no_warning(drop: Drop, kind: str) -> None:
    assert drop({"deployment.yaml": f"type: {kind}\ninstance_count: 2\n"}).findings == ()


def test_the_deprecated_queue_time_is_sent_with_a_warning(drop: Drop) -> None:
    text = DEPLOYMENT.replace("request_settings:\n", "request_settings:\n  max_queue_wait_ms: 9\n")
    reading = drop({"endpoint.yaml": ENDPOINT, "deployment.yaml": text})
    assert reading.errors == ()
    assert [it.line for it in reading.findings if "deprecated" in it.cause] == [
        text.splitlines().index("  max_queue_wait_ms: 9") + 1
    ]
    assert reading.manifest.deployment.request_settings is not None
    assert reading.manifest.deployment.request_settings.max_queue_wait_ms == 9
