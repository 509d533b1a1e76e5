"""A folder with one prompty is a flow; unsupported parts of a prompty are reported."""

from collections.abc import Callable, Mapping

import pytest

from shared.domain.kinds.prompt_flow import sample_input
from shared.domain.kinds.prompt_flow.model import Flow
from shared.package import Reading

type Drop = Callable[[Mapping[str, str]], Reading]

GREET = """\
---
name: greet
model:
  api: chat
  configuration:
    type: openai
    model: gpt-4o
    api_key: ${env:LLM_KEY}
  parameters: {max_tokens: 50}
environment_variables:
  LLM_KEY: ${open_ai_connection.api_key}
inputs:
  name: {type: string, default: Ada}
  times: {type: int}
---
user:
Greet {{name}} {{times}} times.
"""


def test_one_prompty_is_read_as_a_flow(drop: Drop) -> None:
    reading = drop({"greet.prompty": GREET, "samples/x.txt": ""})
    assert reading.findings == ()
    flow = reading.content
    assert isinstance(flow, Flow)
    assert (flow.kind, flow.file, flow.title) == ("prompty", "greet.prompty", "greet")
    assert sample_input(flow) == {"name": "Ada", "times": 1}
    assert flow.connection_names == ("open_ai_connection",)
    assert not flow.streams


@pytest.mark.parametrize(
    ("old", "new", "line", "cause"),
    [
        ("  parameters: {max_tokens: 50}\n", "", 4, "'model.parameters' is missing"),
        ("  api: chat", "  api: chat\n  nonsense: 1", 5, "'model.nonsense' is not a known field"),
        ("type: openai", "type: lama", 6, "'model.configuration.type' is 'lama'"),
        ("    model: gpt-4o\n", "", 6, "names no model"),
        ("    api_key: ${env:LLM_KEY}", "    connection: aoai", 8, "cannot take the connection"),
        ("    model: gpt-4o", "    model: gpt-4o\n    connection: c", 8, "cannot take the conn"),
        ("{type: int}", "{type: secret}", 14, "has the type 'secret'"),
        ("{type: int}", "{default: 3}", 14, "'inputs.times.type' is missing"),
        ("{{name}}", "{{name", 17, "the template is broken"),
        ("user:\n", "", 16, "begins without a role"),
    ],
)
def test_what_the_runtime_would_not_serve_is_reported_at_its_line(
    drop: Drop, old: str, new: str, line: int, cause: str
) -> None:
    assert old in GREET
    reading = drop({"greet.prompty": GREET.replace(old, new)})
    told = [(each.file, each.line, cause in each.cause) for each in reading.errors]
    assert ("greet.prompty", line, True) in told, reading.findings


def test_a_connection_named_in_a_prompty_is_refused_with_what_works_instead(drop: Drop) -> None:
    named = GREET.replace("    api_key: ${env:LLM_KEY}", "    connection: aoai")
    (error,) = drop({"greet.prompty": named}).errors
    assert "LLM_KEY: ${aoai.api_key}" in error.remedy
    assert "api_key: ${env:LLM_KEY}" in error.remedy


def test_a_connection_named_in_a_prompty_beside_code_is_only_a_warning(drop: Drop) -> None:
    named = GREET.replace("    api_key: ${env:LLM_KEY}", "    connection: aoai")
    flex = {"flow.flex.yaml": "entry: m:f\n", "m.py": "def f(q: str) -> str: ...\n"}
    (warning,) = drop({**flex, "greet.prompty": named}).findings
    assert (warning.severity, warning.file, warning.line) == ("warning", "greet.prompty", 8)


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({"a.prompty": GREET, "b.prompty": GREET}, "nor a single prompty"),
        ({"sub/a.prompty": GREET}, "nor a single prompty"),
        ({"a.prompty": "user:\nhello\n"}, "no front matter between"),
        ({"a.prompty": GREET.replace("---\n", "--- \n")}, "no front matter between"),
        ({"a.prompty": "---\n- a\n---\nuser:\n"}, "empty or not a mapping"),
    ],
)
def test_a_folder_without_exactly_one_prompty_is_not_a_flow(
    drop: Drop, files: Mapping[str, str], cause: str
) -> None:
    reading = drop(files)
    assert reading.content is None
    assert any(cause in each.cause for each in reading.errors)


def test_windows_line_endings_are_read(drop: Drop) -> None:
    assert drop({"greet.prompty": GREET.replace("\n", "\r\n")}).errors == ()


def test_a_serving_engine_that_cannot_serve_a_prompty_is_refused(drop: Drop) -> None:
    variables = "deployment: {environment_variables: {PROMPTFLOW_SERVING_ENGINE: %s}}\n"
    wrong = drop({"greet.prompty": GREET, "deploy.yaml": variables % "fastapi"}).findings
    assert [(it.file, it.line, it.severity) for it in wrong] == [("deploy.yaml", 1, "error")]
    assert "fastapi engine" in wrong[0].cause
    assert drop({"greet.prompty": GREET, "deploy.yaml": variables % "flask"}).findings == ()


BASIC = """\
---
model:
  api: chat
  configuration:
    type: azure_openai
    azure_deployment: gpt-4o
    api_key: ${env:AZURE_OPENAI_API_KEY}
    azure_endpoint: ${env:AZURE_OPENAI_ENDPOINT}
  parameters: {max_tokens: 128}
inputs:
  question: {type: string, default: Why?}
---
user:
{{question}}
"""


def test_an_unset_variable_of_a_prompty_is_an_error(drop: Drop) -> None:
    key, endpoint = drop({"basic.prompty": BASIC}).errors
    assert (key.file, key.line, endpoint.line) == ("basic.prompty", 7, 8)
    assert "'configuration.api_key'" in key.cause
    assert "'AZURE_OPENAI_API_KEY'" in key.cause
    assert "'AZURE_OPENAI_ENDPOINT'" in endpoint.cause
    assert "deployment.environment_variables" in key.remedy


def test_a_variable_of_a_prompty_may_be_set_by_the_deployment_or_the_prompty(drop: Drop) -> None:
    deploy = "deployment: {environment_variables: {AZURE_OPENAI_API_KEY: '${aoai.api_key}'}}\n"
    (left,) = drop({"basic.prompty": BASIC, "deploy.yaml": deploy}).errors
    assert "'AZURE_OPENAI_ENDPOINT'" in left.cause
    own = BASIC.replace("inputs:", "environment_variables: {AZURE_OPENAI_ENDPOINT: x}\ninputs:")
    assert drop({"basic.prompty": own, "deploy.yaml": deploy}).findings == ()


def test_an_unset_variable_is_a_warning_if_the_flow_names_its_own_image(drop: Drop) -> None:
    own = BASIC.replace("inputs:", "environment: {image: a/b}\ninputs:")
    assert drop({"basic.prompty": own}).errors == ()
    assert "'AZURE_OPENAI_API_KEY'" in drop({"basic.prompty": own}).findings[0].cause


def test_an_unset_variable_is_a_warning_if_the_prompty_lies_beside_a_flow(drop: Drop) -> None:
    files = {
        "flow.flex.yaml": "entry: app:answer\nenvironment_variables: {AZURE_OPENAI_ENDPOINT: x}\n",
        "app.py": "def answer(question: str = 'x') -> str:\n    return question\n",
        "basic.prompty": BASIC,
    }
    (finding,) = drop(files).findings
    assert (finding.severity, finding.file, finding.line) == ("warning", "basic.prompty", 7)
    deploy = "deployment: {environment_variables: {AZURE_OPENAI_API_KEY: x}}\n"
    assert drop({**files, "deploy.yaml": deploy}).findings == ()
