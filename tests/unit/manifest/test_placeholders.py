"""A placeholder that a script should have filled in is reported before Azure gets it."""

from pathlib import Path

import pytest

from shared.domain.errors import Finding, Rejected
from shared.domain.manifest import Manifest, merged, read_manifest
from shared.domain.manifest.placeholders import placeholder_findings, unquoted_placeholders
from shared.domain.parsing.document import Document
from shared.package import parse, read


def _findings(text: str) -> list[Finding]:
    return list(placeholder_findings(parse(text, "blue.yml")))


@pytest.mark.parametrize(
    "value",
    [
        "${SUBSCRIPTION_ID}",
        "/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg",
        "$ENDPOINT_NAME",
        "$(endpointName)",
        "{{ENDPOINT_NAME}}",
        "{{ acr }}.azurecr.io/a:1",
        "${{ secrets.NAME }}",
        "<ENDPOINT_NAME>",
        "<my-endpoint>",
        "azureml://registries/<REGISTRY>/environments/e/versions/1",
        "#{endpoint.name}#",
        "azureml:#{ Env }#@latest",
        "__ENDPOINT_NAME__",
        "/subscriptions/__SUB2__/resourceGroups/rg",
    ],
)
def test_a_placeholder_in_a_name_is_an_error(value: str) -> None:
    [finding] = _findings(f"description: x\nname: '{value}'\n")
    assert (finding.file, finding.line, finding.severity) == ("blue.yml", 2, "error")
    assert "in 'name' is a placeholder that was not filled in" in finding.cause
    assert "before packing" in finding.remedy


@pytest.mark.parametrize(
    "value",
    [
        "${open_ai.api_key}",
        "${{azureml://connections/a/credentials/key}}",
        "${{ azureml://connections/a }}",
        "$5",
        "$",
        "a$b",
        "plain",
        "${}",
        "__init__",
        "src/__main__.py",
        "a__B__c",
        "____",
        "#1",
        "#{}#",
    ],
)
def test_references_that_are_filled_in_later_are_not_placeholders(value: str) -> None:
    assert _findings(f"name: '{value}'\nenvironment_variables: {{A: '{value}'}}\n") == []


@pytest.mark.parametrize(
    ("value", "severities"),
    [
        ("${HOME}", ["error"]),
        ("$API_VERSION", ["error"]),
        ("Hello ${name}", ["warning"]),
        ("{{ question }}", []),
        ("<END>", []),
        ("#{token}#", ["error"]),
        ("see #{token}#", ["warning"]),
        ("__BOS__", ["warning"]),
        ("__name__", []),
        ("$(date)", []),
    ],
)
def test_free_text_may_contain_what_looks_like_a_placeholder(
    value: str, severities: list[str]
) -> None:
    found = _findings(f"deployment:\n  environment_variables:\n    A: '{value}'\n")
    assert [it.severity for it in found] == severities
    assert [it.line for it in found] == [3] * len(severities)


def test_the_smoke_test_is_not_checked_for_placeholders() -> None:
    assert _findings("smoke_test: {input: {question: 'What is ${x}?'}}\n") == []


def test_a_placeholder_has_only_one_finding() -> None:
    text = "name: ${NAME}\nauth_mode: other\n"
    _, _, findings = read_manifest(endpoint=parse(text, "e.yml"))
    assert [(it.line, "placeholder" in it.cause) for it in findings] == [(2, False), (1, True)]


def test_a_placeholder_in_a_request_is_refused_too() -> None:
    with pytest.raises(Rejected) as caught:
        merged(Manifest(), {"deployment": {"instance_type": "${SIZE}"}})
    [finding] = caught.value.findings
    assert finding.file == "manifest.deployment.instance_type"


def test_a_placeholder_that_breaks_the_yaml_is_reported_by_line() -> None:
    text = "name: blue\nendpoint_name: {{ENDPOINT_NAME}}\nimage: {{acr}}.azurecr.io/x:1\n"
    found = list(unquoted_placeholders("blue.yml", text))
    assert [(it.line, it.cause.split("'")[1]) for it in found] == [
        (2, "{{ENDPOINT_NAME}}"),
        (3, "{{acr}}"),
    ]
    assert list(unquoted_placeholders("x.yml", "a: '{{b}}'\nc: {d: 1}\n")) == []


def test_lists_are_searched_for_placeholders() -> None:
    document = Document("manifest", {"access": {"roles": [{"scope": "/subscriptions/${SUB}"}]}})
    [finding] = placeholder_findings(document)
    assert finding.file == "manifest.access.roles.0.scope"


def test_one_that_yaml_takes_for_a_comment_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "flow.dag.yaml").write_text("nodes: []")
    (tmp_path / "endpoint.yaml").write_text("name: #{name}#\nauth_mode: key # {as} #{it}# is\n")
    (tmp_path / "deploy.yaml").write_text("endpoint:\n  name: #{name}#\n")
    told = [it for it in read(tmp_path).errors if "'#{name}#' is a placeholder" in it.cause]
    assert [(it.file, it.line) for it in told] == [("deploy.yaml", 2), ("endpoint.yaml", 1)]
