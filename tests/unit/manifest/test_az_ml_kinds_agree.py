"""Sluice reads az ml files of any name as azure-ai-ml's loaders do."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import load_online_deployment, load_online_endpoint
from azure.ai.ml.entities import (
    KubernetesOnlineDeployment,
    KubernetesOnlineEndpoint,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
)

from shared.package import Reading
from tests.unit.manifest.az_ml_texts import DEPLOYMENT, ENDPOINT, without_schema

type Drop = Callable[[Mapping[str, str]], Reading]


@pytest.mark.parametrize("text", [ENDPOINT, without_schema(ENDPOINT)])
def test_an_endpoint_file_of_any_name_is_read_as_az_ml_reads_it(
    drop: Drop, tmp_path: Path, text: str
) -> None:
    ours = drop({"any.yml": text + "description: d\ntags: {a: b}\n"}).manifest.endpoint
    theirs: Any = load_online_endpoint(tmp_path / "any.yml")
    assert isinstance(theirs, ManagedOnlineEndpoint)
    assert (ours.name, ours.auth_mode) == (theirs.name, theirs.auth_mode)
    assert (ours.description, ours.tags) == (theirs.description, theirs.tags)


@pytest.mark.parametrize("text", [DEPLOYMENT, without_schema(DEPLOYMENT)])
def test_a_deployment_file_of_any_name_is_read_as_az_ml_reads_it(
    drop: Drop, tmp_path: Path, text: str
) -> None:
    manifest = drop({"any.yml": text + "app_insights_enabled: true\n"}).manifest
    ours, theirs = manifest.deployment, load_online_deployment(tmp_path / "any.yml")
    assert isinstance(theirs, ManagedOnlineDeployment)
    assert (ours.name, manifest.endpoint.name) == (theirs.name, theirs.endpoint_name)
    assert (ours.instance_type, ours.instance_count) == ("Standard_DS3_v2", theirs.instance_count)
    assert ours.app_insights_enabled is theirs.app_insights_enabled is True


def test_kubernetes_files_are_refused_as_such(drop: Drop, tmp_path: Path) -> None:
    endpoint = ENDPOINT + "compute: azureml:cluster\n"
    deployment = DEPLOYMENT + "type: kubernetes\nresources: {requests: {cpu: '0.1'}}\n"
    causes = [it.cause for it in drop({"a.yml": endpoint, "b.yml": deployment}).errors]
    assert isinstance(load_online_endpoint(tmp_path / "a.yml"), KubernetesOnlineEndpoint)
    assert isinstance(load_online_deployment(tmp_path / "b.yml"), KubernetesOnlineDeployment)
    assert [cause.partition(":")[0] for cause in causes] == [
        "this is a Kubernetes online endpoint",
        "this is a Kubernetes online deployment",
    ]
