"""Environments, quota, data assets, and restoring a deployment, on both sides."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shared.domain.azure.data_collection import DataAsset
from shared.domain.azure.endpoint import Probe, RequestSettings
from shared.domain.failure import Refused
from shared.domain.release.desired_environment import Route, Routes
from tests.contract.azure_sides import Cloud


def test_an_environment_is_found_by_version_and_as_latest(there: Cloud, tmp_path: Path) -> None:
    name = f"known-{tmp_path.name}"
    routes = Routes(scoring=Route(8080, "/score"))
    for version in ("1", "2"):
        there.assets.register_environment(
            name, version, image=f"flows:{version}", requirements=None, routes=routes
        )

    first, latest = there.workspace.environment(name, "1"), there.workspace.environment(name, None)

    assert first is not None
    assert (first.image, first.serves) == ("flows:1", True)
    assert latest is not None
    assert latest.id.endswith(f"/environments/{name}/versions/2")
    assert there.workspace.environment(name, "3") is None
    assert there.workspace.environment(f"{name}-not", None) is None


def test_the_flows_own_build_context_is_registered(there: Cloud, tmp_path: Path) -> None:
    context = tmp_path / "image_build"
    (context / "docker").mkdir(parents=True)
    (context / "docker" / "Dockerfile").write_text("FROM flows:1\n")
    name = f"built-{tmp_path.name}"
    for _ in range(2):
        found = there.assets.register_environment(
            name, "1", image="", requirements=None, build=context, dockerfile="docker/Dockerfile"
        )
        assert found.endswith(f"/environments/{name}/versions/1")
    known = there.workspace.environment(name, "1")
    assert known is not None
    assert known.serves


def test_deployments_count_in_the_usage_of_their_vm_family(there: Cloud, tmp_path: Path) -> None:
    there.deploy(there.make_endpoint(), there.spec(tmp_path / "flow"))

    usage = there.workspace.usage("standardDSv2Family")

    assert usage is not None
    assert usage.current >= 8
    assert usage.limit == -1 or usage.limit >= usage.current  # -1 is unlimited


def test_a_data_asset_is_registered_once(there: Cloud) -> None:
    path = "azureml://datastores/workspaceblobstore/paths/modelDataCollector/a/b/c"
    for _ in range(2):
        there.workspace.put_data_asset(DataAsset("collected", "1", path))
    there.workspace.put_data_asset(DataAsset("collected", "1", f"{path}/elsewhere"))

    assert there.data_path("collected", "1") == path


def test_a_replaced_deployment_is_restored_as_it_was(there: Cloud, tmp_path: Path) -> None:
    endpoint, spec = there.make_endpoint(), there.spec(tmp_path / "flow")
    there.deploy(endpoint, spec)
    kept = json.loads(json.dumps(there.workspace.backup_deployment(endpoint, "blue")))
    assert kept["tags"] == {"digest": "d"}
    there.deploy(endpoint, replace(spec, tags={"digest": "e"}, instance_count=3))
    assert there.workspace.deployments(endpoint)[0].tags == {"digest": "e"}

    operation = there.workspace.restore_deployment(endpoint, "blue", kept)

    assert there.ended(operation).status == "succeeded"
    [state] = there.workspace.deployments(endpoint)
    assert (state.tags, state.instance_count) == ({"digest": "d"}, 1)
    assert there.workspace.backup_deployment(endpoint, "green") is None


def test_a_deployment_shows_the_settings_that_it_was_given(there: Cloud, tmp_path: Path) -> None:
    endpoint = there.make_endpoint()
    spec = replace(
        there.spec(tmp_path / "flow"),
        environment_variables={"A": "b"},
        request_settings=RequestSettings(90.5, 3, 2.0),
        liveness_probe=Probe(initial_delay=61, failure_threshold=7),
    )
    there.deploy(endpoint, spec)

    [state] = there.workspace.deployments(endpoint)

    assert state.environment_variables["A"] == "b"
    assert state.request_settings == spec.request_settings
    assert state.liveness_probe == spec.liveness_probe
    assert state.readiness_probe == spec.readiness_probe


def test_a_model_of_mlflow_is_served_without_environment(there: Cloud, tmp_path: Path) -> None:
    endpoint, spec = there.make_endpoint(), there.spec(tmp_path / "flow")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors: {python_function: {env: {conda: conda.yaml}}}\n")
    (folder / "conda.yaml").write_text("dependencies: [python=3.12]\n")
    model = there.assets.register_model(f"m-{tmp_path.name}", "1", folder, {}, "mlflow_model")

    short = RequestSettings(request_timeout=60)
    there.deploy(endpoint, replace(spec, model=model, environment="", request_settings=short))

    [state] = there.workspace.deployments(endpoint)
    assert (state.model, state.environment, state.code) == (model, "", None)


def test_a_model_of_a_registry_is_served_by_its_id(there: Cloud, tmp_path: Path) -> None:
    endpoint, spec = there.make_endpoint(), there.spec(tmp_path / "flow")
    model = "azureml://registries/azureml/models/echo-text/versions/1"
    short = RequestSettings(request_timeout=60)
    wanted = replace(spec, model=model, environment="", request_settings=short)

    with pytest.raises(Refused) as refused:
        there.workspace.put_deployment(
            endpoint, replace(wanted, model=model.replace("echo-text", "none"))
        )
    there.deploy(endpoint, wanted)

    assert refused.value.status == 404
    [state] = there.workspace.deployments(endpoint)
    assert (state.model, state.environment) == (model, "")


def test_a_registered_model_tells_its_type(there: Cloud, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors: {}\n")
    for type_ in ("custom_model", "mlflow_model"):
        name = f"{type_[:1]}-{tmp_path.name}"
        there.assets.register_model(name, "1", folder, {}, type_)
        assert there.workspace.model_type(name, "1") == type_
    assert there.workspace.model_type(f"none-{tmp_path.name}", "1") is None


def test_another_model_is_refused_without_environment(there: Cloud, tmp_path: Path) -> None:
    endpoint, spec = there.make_endpoint(), there.spec(tmp_path / "flow")
    with pytest.raises(Refused, match=r"(?i)driver program"):
        there.workspace.put_deployment(endpoint, replace(spec, environment=""))
    assert there.workspace.deployments(endpoint) == ()
