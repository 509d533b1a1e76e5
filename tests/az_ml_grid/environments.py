"""The forms in which az ml names an environment."""

from tests.az_ml_grid.values import SECTION, Values

_WORKSPACE = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
)
_REGISTRY = "azureml://registries/azureml/environments/e"

ENVIRONMENTS: Values = {
    **SECTION,
    "named": "azureml:e:1",
    "named-text-version": "azureml:e:1.2-beta",
    "latest": "azureml:e@latest",
    "label": "azureml:e@production",
    "unversioned": "azureml:e",
    "two-versions": "azureml:e:1:2",
    "unprefixed": "e:1",
    "empty": '""',
    "prefix-alone": '"azureml:"',
    "curated": "azureml:AzureML-minimal-py312-inference:1",
    "arm-id": f"azureml:{_WORKSPACE}/environments/e/versions/1",
    "arm-id-unprefixed": f"{_WORKSPACE}/environments/e/versions/1",
    "arm-id-other-case": f"azureml:{_WORKSPACE.lower()}/environments/e/versions/1",
    "arm-id-label": f"azureml:{_WORKSPACE}/environments/e/labels/latest",
    "arm-id-unversioned": f"azureml:{_WORKSPACE}/environments/e",
    "arm-id-of-a-model": f"azureml:{_WORKSPACE}/models/m/versions/1",
    "registry": f"{_REGISTRY}/versions/1",
    "registry-label": f"{_REGISTRY}/labels/latest",
    "registry-alone": _REGISTRY,
    "file": "file:environment.yaml",
    "file-dotted": "file:./environment.yaml",
    "file-deeper": "file:deeper/environment.yaml",
    "file-gone": "file:gone.yaml",
    "file-no-environment": "file:conda.yaml",
    "path-unprefixed": "environment.yaml",
    "name-alone": "{name: e}",
    "name-and-version": "{name: e, version: 1}",
    "image-without-routes": "{image: a:1}",
    "conda-alone": "{conda_file: conda.yaml}",
    "resource-id": f"{{resource_id: 'azureml:{_WORKSPACE}/environments/e/versions/1'}}",
    "id": f"{{id: 'azureml:{_WORKSPACE}/environments/e/versions/1'}}",
    "channels": "{name: e, channels: [a], dependencies: [b]}",
}
