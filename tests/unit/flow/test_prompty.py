"""A folder of one prompty is a flow, and what a prompty of a flow cannot have is said."""

from collections.abc import Callable, Mapping

import pytest

from shared.domain.flow import sample_input
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
    flow = reading.flow
    assert flow is not None
    assert (flow.kind, flow.file, flow.title) == ("prompty", "greet.prompty", "greet")
    assert sample_input(flow) == {"name": "Ada", "times": 1}
    assert flow.connection_names == ("open_ai_connection",)
    assert not flow.streams


@pytest.mark.parametrize(
    ("old", "new", "line", "cause"),
    [
        ("  parameters: {max_tokens: 50}\n", "", 4, "'model.parameters' is missing"),
        ("  api: chat", "  api: chat\n  nonsense: 1", 5, "'model.nonsense' is not known"),
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
def test_what_the_runtime_would_not_serve_is_found_at_its_line(
    drop: Drop, old: str, new: str, line: int, cause: str
) -> None:
    assert old in GREET
    reading = drop({"greet.prompty": GREET.replace(old, new)})
    told = [(each.file, each.line, cause in each.cause) for each in reading.errors]
    assert ("greet.prompty", line, True) in told, reading.findings


def test_a_connection_by_name_comes_with_what_works_instead(drop: Drop) -> None:
    named = GREET.replace("    api_key: ${env:LLM_KEY}", "    connection: aoai")
    (error,) = drop({"greet.prompty": named}).errors
    assert "LLM_KEY: ${aoai.api_key}" in error.remedy
    assert "api_key: ${env:LLM_KEY}" in error.remedy


def test_beside_code_that_may_configure_it_a_named_connection_is_a_warning(drop: Drop) -> None:
    named = GREET.replace("    api_key: ${env:LLM_KEY}", "    connection: aoai")
    flex = {"flow.flex.yaml": "entry: m:f\n", "m.py": "def f(q: str) -> str: ...\n"}
    (warning,) = drop({**flex, "greet.prompty": named}).findings
    assert (warning.severity, warning.file, warning.line) == ("warning", "greet.prompty", 8)


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({"a.prompty": GREET, "b.prompty": GREET}, "not one prompty alone"),
        ({"sub/a.prompty": GREET}, "not one prompty alone"),
        ({"a.prompty": "user:\nhello\n"}, "no front matter between"),
        ({"a.prompty": GREET.replace("---\n", "--- \n")}, "no front matter between"),
        ({"a.prompty": "---\n- a\n---\nuser:\n"}, "empty or not a mapping"),
    ],
)
def test_what_is_not_one_prompty_is_no_flow(
    drop: Drop, files: Mapping[str, str], cause: str
) -> None:
    reading = drop(files)
    assert reading.flow is None
    assert any(cause in each.cause for each in reading.errors)


def test_lines_that_end_as_on_windows_are_read(drop: Drop) -> None:
    assert drop({"greet.prompty": GREET.replace("\n", "\r\n")}).errors == ()


def test_the_engine_that_cannot_serve_a_prompty_is_refused(drop: Drop) -> None:
    variables = "deployment: {environment_variables: {PROMPTFLOW_SERVING_ENGINE: %s}}\n"
    wrong = drop({"greet.prompty": GREET, "deploy.yaml": variables % "fastapi"}).findings
    assert [(it.file, it.line, it.severity) for it in wrong] == [("deploy.yaml", 1, "error")]
    assert "fastapi engine" in wrong[0].cause
    assert drop({"greet.prompty": GREET, "deploy.yaml": variables % "flask"}).findings == ()
