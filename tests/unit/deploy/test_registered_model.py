"""A package that is only a deployment of a registered model, from the drop to the deployment."""

import pytest

from shared.domain.access.policy_rule import parse_policy
from tests.fakes.world import World, make_world, zipped

IN_REGISTRY = "azureml://registries/azureml/models/echo-text/versions/1"
SAMPLE = "smoke_test: {input: {input_data: [hello]}}\n"


def package(model: str, deploy: str = SAMPLE) -> bytes:
    text = f"name: blue\nendpoint_name: echo\ninstance_type: Standard_NC6s_v3\nmodel: {model}\n"
    return zipped({"deployment.yaml": text, "deploy.yaml": deploy})


def _causes(world: World) -> str:
    return "; ".join(it["cause"] for it in world.last["findings"])


def test_a_model_of_a_registry_is_deployed_and_nothing_is_uploaded(world: World):
    result = world.deploy("echo", package(IN_REGISTRY))

    assert result["outcome"] == "succeeded", result
    (spec,) = world.workspace.there.specs.values()
    assert (spec.model, spec.environment, spec.code) == (IN_REGISTRY, "", None)
    assert world.assets.writes == []


def test_a_model_of_the_workspace_is_deployed_if_it_is_one_of_mlflow(world: World):
    world.workspace.there.models |= {("plots", "1"), ("other", "1")}
    world.workspace.there.mlflow_models.add(("plots", "1"))

    assert world.deploy("echo", package("azureml:plots:1"))["outcome"] == "succeeded", world.last
    (spec,) = world.workspace.there.specs.values()
    assert spec.model == f"{world.workspace.there.facts.id}/models/plots/versions/1"
    assert world.deploy("echo", package("azureml:other:1"))["outcome"] == "rejected"
    assert "model other:1 is a custom_model, and Azure serves it only with" in _causes(world)
    assert world.deploy("echo", package("azureml:none:1"))["outcome"] == "rejected"
    assert "the workspace has no model none:1" in _causes(world)


def test_each_model_is_content_of_its_own(world: World):
    first = world.deploy("echo", package(IN_REGISTRY))
    assert world.deploy("echo", package(IN_REGISTRY))["outcome"] == "unchanged"
    other = world.deploy("echo", package(IN_REGISTRY.replace("/1", "/2")))
    assert other["outcome"] == "succeeded"
    assert first["digest"] != other["digest"]


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        ("azureml:plots@latest", "'azureml:plots@latest' names a label"),
        (
            "azureml://registries/azureml/models/echo-text/labels/latest",
            "labels/latest' names a label",
        ),
        ("azureml://registries/azureml/models/echo-text", "not the id of a model in a registry"),
    ],
)
def test_labels_and_malformed_ids_are_refused_with_their_line(world: World, model: str, cause: str):
    assert world.deploy("echo", package(model))["outcome"] == "rejected"
    assert cause in _causes(world)
    assert (world.last["findings"][-1]["file"], world.last["findings"][-1]["line"]) == (
        "deployment.yaml",
        4,
    )


@pytest.mark.parametrize(
    ("deploy", "cause"),
    [
        ("", "nothing tells a request that the model answers"),
        (f"{SAMPLE}deployment: {{environment: 'azureml:e:1'}}\n", "has no environment of its own"),
        (f"{SAMPLE}flow: {{outputs: [a]}}\n", "and this package is a registered model"),
    ],
)
def test_settings_that_do_not_fit(world: World, deploy: str, cause: str):
    assert world.deploy("echo", package(IN_REGISTRY, deploy))["outcome"] == "rejected"
    assert cause in _causes(world)


def test_no_size_is_a_warning(world: World):
    files = {"deployment.yaml": f"model: {IN_REGISTRY}\n", "deploy.yaml": SAMPLE}
    result = world.deploy("echo", zipped(files))
    assert result["outcome"] == "succeeded", result
    assert any("no instance_type is set" in it for it in result["warnings"])


def test_a_kind_that_the_policy_does_not_allow_is_refused_before_any_write():
    rule = '{"prefix": "", "endpoints": ["*"], "connections": ["*"], "kinds": ["prompt_flow"]}'
    world = make_world(policy=parse_policy(f"[{rule}]"))
    assert world.deploy("echo", package(IN_REGISTRY))["outcome"] == "rejected"
    (finding,) = [it for it in world.last["findings"] if it["severity"] == "error"]
    assert finding["cause"] == (
        "The policy does not let 'echo.zip' deploy a package of the kind registered_model, "
        "only prompt_flow"
    )
    assert "under kinds in a rule of SLUICE_POLICY" in finding["remedy"]
    assert world.workspace.writes == []
