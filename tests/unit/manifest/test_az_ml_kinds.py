"""az ml's files beside a flow are recognised by content, not by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.domain.errors import Rejected
from shared.domain.manifest import Manifest, merged
from shared.package import Reading, digest, kept_files, limits
from tests.unit.manifest.az_ml_texts import DEPLOYMENT, ENDPOINT, SCHEMA, without_schema

type Drop = Callable[[Mapping[str, str]], Reading]


@pytest.mark.parametrize("schema", [True, False])
@pytest.mark.parametrize(
    ("endpoint", "deployment"),
    [
        ("1-create.yml", "2-blue.yaml"),
        ("support.YAML", "Blue.YML"),
        ("deployment.yaml", "endpoint.yaml"),
    ],
)
def test_az_ml_files_of_any_name_are_used(
    drop: Drop, tmp_path: Path, endpoint: str, deployment: str, schema: bool
) -> None:
    said = (lambda text: text) if schema else without_schema
    reading = drop({endpoint: said(ENDPOINT), deployment: said(DEPLOYMENT)})
    assert reading.findings == ()
    assert reading.manifest.endpoint.name == "support"
    assert reading.manifest.endpoint.auth_mode == "key"
    assert reading.manifest.deployment.instance_count == 2
    assert kept_files(tmp_path) == ("a.jinja2", "flow.dag.yaml")


def test_deployment_files_do_not_change_the_digest(drop: Drop, tmp_path: Path) -> None:
    drop({})
    before = digest(tmp_path)
    drop({"blue.yml": DEPLOYMENT})
    assert digest(tmp_path) == before


@pytest.mark.parametrize(
    "text",
    [
        "name: env\nchannels: [conda-forge]\ndependencies: [python=3.12]\n",
        SCHEMA.format("environment") + "name: e\nimage: mcr.microsoft.com/a:1\n",
        SCHEMA.format("commandJob")
        + "command: ls\nresources: {instance_type: a, instance_count: 1}\n",
        "on: push\njobs: {a: {env: {endpoint_name: a, instance_type: b}}}\n",
        "endpoint_name: only-this\nmodel: gpt-4o\n",
        "auth_mode: key\nserver: x\n",
        "- endpoint_name\n- instance_type\n",
        "endpoint_name: [\ninstance_type: a\n",
        "not yaml: [",
        "",
    ],
)
def test_other_yaml_belongs_to_the_flow_without_a_finding(
    drop: Drop, tmp_path: Path, text: str
) -> None:
    reading = drop({"settings.yaml": text})
    assert reading.findings == ()
    assert "settings.yaml" in kept_files(tmp_path)


@pytest.mark.parametrize("first", ["a.yml", "deployment.yaml", "deploy.yaml"])
def test_two_files_of_one_kind_are_refused_naming_both(drop: Drop, first: str) -> None:
    reading = drop({first: DEPLOYMENT, "green.yml": DEPLOYMENT})
    [error] = reading.errors
    assert error.file == "green.yml"
    assert f"a second online deployment beside the flow: '{first}'" in error.cause
    assert "Keep one of them" in error.remedy


def test_an_ignored_file_of_a_kind_does_not_count(drop: Drop) -> None:
    reading = drop({"blue.yml": DEPLOYMENT, "green.yml": DEPLOYMENT, ".amlignore": "green.yml\n"})
    assert reading.findings == ()


def test_a_deploy_yaml_with_az_mls_content_is_used_with_a_warning(drop: Drop) -> None:
    reading = drop({"deploy.yml": DEPLOYMENT})
    assert reading.errors == ()
    assert [(it.file, it.line) for it in reading.findings] == [("deploy.yml", 1)]
    assert "an az ml online deployment, not Sluice's manifest" in reading.findings[0].cause
    assert reading.manifest.deployment.instance_count == 2


def test_another_manifest_beside_an_az_ml_deploy_yaml_still_counts(drop: Drop) -> None:
    reading = drop({"deploy.yml": DEPLOYMENT, "deploy.yaml": "retain: 3\n"})
    assert reading.errors == ()
    assert (reading.manifest.retain, reading.manifest.deployment.instance_count) == (3, 2)


REFUSED = {
    "a Kubernetes online endpoint": [
        SCHEMA.format("kubernetesOnlineEndpoint") + "name: support\n",
        "name: support\nauth_mode: key\ncompute: azureml:cluster\n",
    ],
    "a Kubernetes online deployment": [
        SCHEMA.format("kubernetesOnlineDeployment") + "name: blue\n",
        DEPLOYMENT + "type: Kubernetes\n",
        DEPLOYMENT + "resources: {requests: {cpu: '0.1'}}\ncode_configuration: {code: src}\n",
    ],
    "a batch endpoint": [
        SCHEMA.format("batchEndpoint") + "name: nightly\nauth_mode: aad_token\n",
        "name: nightly\nauth_mode: aad_token\ndefaults: {deployment_name: blue}\n",
    ],
    "a batch deployment": [
        SCHEMA.format("modelBatchDeployment") + "name: blue\n",
        SCHEMA.format("pipelineComponentBatchDeployment") + "name: blue\n",
        "name: blue\nendpoint_name: nightly\ninstance_count: 1\nmini_batch_size: 10\n",
    ],
    "serves a Triton model": [DEPLOYMENT + "model: {path: ./m, type: triton_model}\n"],
    "is an MLflow model": [
        DEPLOYMENT + "model: {path: ./m, type: mlflow_model}\n",
        SCHEMA.format("model") + "type: mlflow_model\n",
    ],
    "serves several models": [DEPLOYMENT + "model: [azureml:a:1, azureml:b:1]\n"],
    "runs a scoring script": [DEPLOYMENT + "code_configuration: {scoring_script: score.py}\n"],
    "a Triton model": [SCHEMA.format("model") + "name: m\ntype: triton_model\n"],
}


@pytest.mark.parametrize(
    ("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts]
)
def test_unsupported_az_ml_kinds_are_refused_with_one_finding(
    drop: Drop, reason: str, text: str
) -> None:
    [error] = drop({"other.yml": text}).findings
    assert (error.file, error.severity) == ("other.yml", "error")
    assert error.line is not None
    assert reason in error.cause
    assert "az ml" in error.remedy or "leave" in error.remedy.lower()


def test_unsupported_kinds_in_deploy_yaml_are_refused_for_the_same_reasons(drop: Drop) -> None:
    text = "retain: 2\ndeployment:\n  code_configuration: {code: src, scoring_script: score.py}\n"
    [error] = drop({"deploy.yaml": text}).findings
    assert (error.file, error.line) == ("deploy.yaml", 3)
    assert "runs a scoring script" in error.cause


def test_unsupported_kinds_in_a_request_are_refused_for_the_same_reasons() -> None:
    with pytest.raises(Rejected) as caught:
        merged(Manifest(), {"deployment": {"type": "kubernetes", "resources": {}}})
    [finding] = caught.value.findings
    assert finding.file == "manifest.deployment.type"
    assert "a Kubernetes online deployment" in finding.cause


def test_a_kubernetes_manifest_named_like_az_mls_is_reported(drop: Drop) -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 1}\n"
    [error] = drop({"deployment.yaml": text}).errors
    assert "a Kubernetes manifest, not an az ml file" in error.cause
    assert drop({"deployment.yaml": "", "k8s.yaml": text}).errors == ()


def test_a_broken_az_ml_file_is_an_error_if_its_schema_names_its_kind(drop: Drop) -> None:
    [error] = drop({"blue.yml": DEPLOYMENT + "tags: [\n"}).errors
    assert error.file == "blue.yml"
    assert "not YAML" in error.cause


def test_a_large_file_is_not_read_as_az_mls(drop: Drop, tmp_path: Path) -> None:
    reading = drop({"data.yml": DEPLOYMENT + "#" * limits.MAX_AZ_ML})
    assert reading.findings == ()
    assert "data.yml" in kept_files(tmp_path)


def test_too_many_candidates_for_az_ml_files_are_refused(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_AZ_ML_FILES", 2)
    words = "values: [endpoint_name, instance_type]\n"
    assert drop({"a.yml": words, "b.yml": words}).findings == ()
    [error] = drop({"c.yml": words}).errors
    assert (error.file, "over 2 YAML files" in error.cause) == ("c.yml", True)


def test_a_link_is_refused_whatever_its_target(drop: Drop, tmp_path: Path) -> None:
    outside = tmp_path.parent / "elsewhere.yml"
    outside.write_text(DEPLOYMENT)
    (tmp_path / "blue.yml").symlink_to(outside)
    assert [it.file for it in drop({}).errors] == ["blue.yml"]
    with pytest.raises(Rejected):
        kept_files(tmp_path)


def test_an_unfilled_template_is_reported_as_such_and_not_as_broken_yaml(
    drop: Drop,
) -> None:
    text = DEPLOYMENT.replace("endpoint_name: support", "endpoint_name: {{ENDPOINT_NAME}}")
    [error] = drop({"blue.yml": text}).errors
    assert (error.file, error.line) == ("blue.yml", 3)
    assert "'{{ENDPOINT_NAME}}' is a placeholder" in error.cause


def test_fields_that_az_ml_takes_from_its_command_line_may_be_missing(drop: Drop) -> None:
    """`az ml online-deployment create --endpoint-name`; here the package names the endpoint."""
    reading = drop({"deploy.yml": DEPLOYMENT.replace("endpoint_name: support\n", "")})
    assert reading.errors == ()
    assert reading.manifest.endpoint.name is None
