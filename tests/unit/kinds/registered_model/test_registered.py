"""How a deployment names a registered model."""

from typing import Any

import pytest

from shared.domain.kinds.registered import registered_model
from shared.domain.kinds.registered_model.reading import names_model
from shared.package import parse

IN_REGISTRY = "azureml://registries/azureml/models/Phi-4.mini/versions/2"
BY_ID = (
    "azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/"
    "workspaces/w/models/m/versions/1"
)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("azureml:m:1", "models/m/versions/1"),
        ({"name": "m", "version": 1}, "models/m/versions/1"),
        (BY_ID, "models/m/versions/1"),
        (IN_REGISTRY, IN_REGISTRY),
        (None, None),
        ({"path": "model"}, None),
    ],
)
def test_a_model_is_named_by_its_version(given: Any, place: str | None) -> None:
    assert registered_model(given) == (place, None)


@pytest.mark.parametrize(
    ("given", "cause", "form"),
    [
        ("azureml:m@latest", "names a label", "azureml:name:version"),
        (
            "azureml://registries/azureml/models/m/labels/latest",
            "names a label",
            "azureml://registries/NAME/models/MODEL/versions/1",
        ),
        (
            "azureml://registries/azureml/models/m",
            "is not the id of a model in a registry",
            "azureml://registries/NAME/models/MODEL/versions/1",
        ),
        (
            "azureml://registries/azureml/environments/m/versions/1",
            "is not the id of a model in a registry",
            "azureml://registries/NAME/models/MODEL/versions/1",
        ),
        ("m", "is not a version of a model of the workspace", "azureml:name:version"),
    ],
)
def test_what_names_no_version_is_refused_by_name(given: str, cause: str, form: str) -> None:
    found, problem = registered_model(given)
    assert found is None
    assert problem is not None
    assert cause in problem[0]
    assert given in problem[0]
    assert form in problem[1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("model: azureml:m:1\n", True),
        (f"model: {IN_REGISTRY}\n", True),
        ("model: {name: m, version: 1}\n", True),
        ("model: {path: m}\n", False),
        ("instance_count: 1\n", False),
        ("model: azureml:m:1\ncode_configuration: {scoring_script: a.py}\n", False),
    ],
)
def test_which_deployments_are_of_a_registered_model_alone(text: str, names: bool) -> None:
    assert names_model(parse(text, "deployment.yaml"), ()) is names
