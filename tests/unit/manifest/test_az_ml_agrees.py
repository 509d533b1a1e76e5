"""Sluice reads az ml's files as azure-ai-ml's loaders do."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import load_model, load_online_deployment, load_online_endpoint

from shared.domain.manifest import Environment, Manifest
from shared.package import Reading, read

FIXTURES = Path(__file__).parents[2] / "fixtures" / "az_ml"
SAMPLE = Path(__file__).parents[3] / "samples" / "chat"
LEAST = (
    "name: blue\nendpoint_name: chat\nmodel: azureml:m:1\nenvironment: azureml:e:1\n"
    "instance_type: Standard_DS3_v2\n"
)

type Beside = Callable[..., Reading]


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    """Read the chat sample with files beside it: `deployment="deployment-image.yaml"`."""

    def reads(**files: str) -> Reading:
        root = tmp_path / "chat"
        shutil.copytree(SAMPLE, root)
        (root / "deploy.yaml").unlink()
        shutil.copytree(FIXTURES / "image_build", root / "image_build")
        for stem, name in files.items():
            shutil.copy(FIXTURES / name, root / f"{stem}.yaml")
        return read(root)

    return reads


def test_an_endpoint_with_a_system_identity_and_its_secrets_property(beside: Beside) -> None:
    reading = beside(endpoint="endpoint-system.yaml")
    theirs: Any = load_online_endpoint(FIXTURES / "endpoint-system.yaml")

    assert reading.findings == ()
    ours = reading.manifest.endpoint
    assert (ours.name, ours.auth_mode) == (theirs.name, theirs.auth_mode)
    assert ours.properties == theirs.properties
    assert ours.properties == {"enforce_access_to_default_secret_stores": "enabled"}


def test_an_endpoint_with_a_user_identity(beside: Beside) -> None:
    reading = beside(endpoint="endpoint-user.yaml")
    theirs: Any = load_online_endpoint(FIXTURES / "endpoint-user.yaml")

    assert reading.errors == ()
    ours = reading.manifest.endpoint.identity
    assert ours is not None
    assert ours.user_assigned_identities is not None
    assert ours.type == theirs.identity.type
    [user] = theirs.identity.user_assigned_identities
    assert ours.user_assigned_identities[0].resource_id == user.resource_id


def test_a_model_whose_path_leads_outside_the_folder(beside: Beside, tmp_path: Path) -> None:
    reading = beside(model="model.yaml")
    theirs: Any = load_model(FIXTURES / "model.yaml")

    assert reading.errors == ()
    assert reading.manifest.model.properties == theirs.properties
    (tmp_path / "chat" / "model.yaml").unlink()
    assert reading.digest == read(tmp_path / "chat").digest


@pytest.mark.parametrize("name", ["deployment-image.yaml", "deployment-docker.yaml"])
def test_a_deployment_with_an_image_or_a_docker_context(beside: Beside, name: str) -> None:
    reading = beside(endpoint="endpoint-system.yaml", deployment=name)
    theirs: Any = load_online_deployment(FIXTURES / name)

    assert reading.errors == ()
    ours = reading.manifest.deployment
    assert ours.name == theirs.name
    assert reading.manifest.endpoint.name == theirs.endpoint_name
    assert (ours.instance_type, ours.instance_count) == (
        theirs.instance_type,
        theirs.instance_count,
    )
    assert ours.environment_variables == theirs.environment_variables
    environment = ours.environment
    assert isinstance(environment, Environment)
    assert environment.image == theirs.environment.image
    assert environment.inference_config is not None
    scoring = theirs.environment.inference_config.scoring_route
    assert environment.inference_config.scoring_route.path == scoring.path
    assert environment.inference_config.scoring_route.port == scoring.port
    if theirs.environment.build is not None:
        assert environment.build is not None
        assert environment.build.dockerfile_path == theirs.environment.build.dockerfile_path
        assert Path(theirs.environment.build.path).name == environment.build.path
    if theirs.request_settings is not None:
        assert ours.request_settings is not None
        asked = ours.request_settings.request_timeout_ms
        assert asked == theirs.request_settings.request_timeout_ms


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('app_insights_enabled: "true"', True),
        ("app_insights_enabled: off", False),
        ('app_insights_enabled: "off"', False),
        ("app_insights_enabled: 1", True),
        ("instance_count: 010", 8),
        ("instance_count: '3'", 3),
        ("instance_count: 1_0", 10),
    ],
)
def test_yaml_1_1_values_are_read_as_az_ml_reads_them(tmp_path: Path, text: str, seen: Any) -> None:
    ours, theirs = _both(tmp_path, text)
    field = text.partition(":")[0]
    assert getattr(theirs, field) == seen
    assert getattr(ours, field) == seen


def test_variables_and_tags_become_the_text_that_az_ml_sends(tmp_path: Path) -> None:
    text = 'environment_variables: {A: off, B: 010, C: 1.50, D: 1_000, E: 0x1F, F: "010", H: 12:30}'
    ours, theirs = _both(tmp_path, text)
    sent = theirs._to_rest_object("westeurope").as_dict()["properties"]["environmentVariables"]
    assert ours.environment_variables == {key: str(value) for key, value in sent.items()}
    assert list(ours.environment_variables.values()) == [
        *("False", "8", "1.5", "1000", "31", "010", "750")
    ]


def test_a_data_collector_is_read_as_az_ml_reads_it(tmp_path: Path) -> None:
    text = """\
data_collector:
  rolling_rate: Hour
  sampling_rate: "0.5"
  request_logging: {capture_headers: [x-who]}
  collections:
    model_inputs: {enabled: "True"}
    model_outputs: {enabled: "false", data: {name: mine, version: "2"}}
"""
    ours, theirs = _both(tmp_path, text)
    assert ours.data_collector is not None
    assert ours.data_collector.rolling_rate == theirs.data_collector.rolling_rate
    assert ours.data_collector.sampling_rate == theirs.data_collector.sampling_rate
    for name, collection in theirs.data_collector.collections.items():
        assert ours.data_collector.collections[name].enabled == collection.enabled


def test_sluice_and_az_ml_refuse_scale_settings_of_another_compute(tmp_path: Path) -> None:
    text = "scale_settings: {type: target_utilization, min_instances: 1, max_instances: 3}\n"
    file = tmp_path / "deployment.yaml"
    file.write_text(LEAST + text)
    loaded: Any = load_online_deployment(file)
    with pytest.raises(Exception, match="DefaultScaleSettings only"):
        loaded._to_rest_object("westeurope")
    assert any("only scale_settings" in it.cause for it in _read(tmp_path).errors)


def _both(tmp_path: Path, text: str) -> tuple[Any, Any]:
    file = tmp_path / "deployment.yaml"
    file.write_text(LEAST + text)
    reading = _read(tmp_path)
    assert reading.errors == ()
    return reading.manifest.deployment, load_online_deployment(file)


def _read(root: Path) -> Reading:
    flow = "nodes:\n- {name: a, type: prompt, source: {type: code, path: a.jinja2}}\n"
    (root / "flow.dag.yaml").write_text(flow)
    (root / "a.jinja2").write_text("")
    reading = read(root)
    assert isinstance(reading.manifest, Manifest)
    return reading
