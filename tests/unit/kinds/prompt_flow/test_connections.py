import json
from collections.abc import Callable, Mapping

import pytest

from shared.domain.kinds.prompt_flow import missing_connections
from shared.package import Reading

type Drop = Callable[[Mapping[str, str]], Reading]

NODE = """\
inputs: {{}}
nodes:
- name: search
  type: python
  source: {source}
  inputs:
    conn: my_search
    text: hello
    other: ${{search2.output}}
"""
CODE = "{type: code, path: search.py}"
CLASSES = """\
from promptflow.connections import (
    AzureOpenAIConnection, CognitiveSearchConnection, CustomStrongTypeConnection, OpenAIConnection,
)
from elsewhere import MyConnection
"""


def used_connections(reading: Reading) -> tuple[str, ...]:
    assert reading.content is not None
    return reading.content.connection_names


def python(annotation: str, *, before: str = "") -> dict[str, str]:
    source = (
        f"import promptflow.connections\nfrom typing import Any, Optional, Union\n"
        f"{CLASSES}{before}\n"
        f"from promptflow.core import tool\n@tool\n"
        f"def search(text: str, conn: {annotation}, other: str): ...\n"
    )
    return {"flow.dag.yaml": NODE.format(source=CODE), "search.py": source}


@pytest.mark.parametrize(
    "annotation",
    [
        "CognitiveSearchConnection",
        "promptflow.connections.CustomConnection",
        "Union[AzureOpenAIConnection, OpenAIConnection]",
        "Optional[OpenAIConnection]",
        "MyConnection",
    ],
)
def test_a_connection_is_recognised_by_the_annotation_of_its_parameter(
    drop: Drop, annotation: str
) -> None:
    assert used_connections(drop(python(annotation))) == ("my_search",)


@pytest.mark.parametrize(
    "annotation",
    ["'AzureOpenAIConnection'", "AzureOpenAIConnection | None", "Optional['OpenAIConnection']"],
)
def test_annotations_that_hide_a_connection_from_the_runtime_are_reported(
    drop: Drop, annotation: str
) -> None:
    reading = drop(python(annotation))
    assert used_connections(reading) == ()
    (warning,) = (it for it in reading.findings if "hides its connection" in it.cause)
    assert warning.severity == "warning"


@pytest.mark.parametrize("annotation", ["str", "dict", "Any", "int = 3"])
def test_a_literal_of_another_type_is_not_a_connection(drop: Drop, annotation: str) -> None:
    assert used_connections(drop(python(annotation))) == ()


def test_import_aliases_and_own_connection_classes_are_recognised(drop: Drop) -> None:
    alias = "from promptflow.connections import AzureOpenAIConnection as AOAI"
    assert used_connections(drop(python("AOAI", before=alias))) == ("my_search",)
    strong = "class Weather(CustomStrongTypeConnection):\n    key: Secret\n"
    assert used_connections(drop(python("Weather", before=strong))) == ("my_search",)


def test_a_tool_class_takes_connections_when_it_is_made(drop: Drop) -> None:
    source = (
        "from promptflow.connections import SerpConnection\n"
        "from promptflow.core import ToolProvider, tool\n"
        "class Search(ToolProvider):\n"
        "    def __init__(self, conn: SerpConnection): ...\n"
        "    @tool\n"
        "    def find(self, text: str): ...\n"
    )
    files = {"flow.dag.yaml": NODE.format(source=CODE), "search.py": source}
    assert used_connections(drop(files)) == ("my_search",)


def test_the_tools_file_also_marks_connections(drop: Drop) -> None:
    inputs = {"conn": {"type": ["CustomConnection"]}, "text": {"type": ["string"]}}
    listed = json.dumps({"package": {"mine.search": {"inputs": inputs}}})
    files = {"flow.dag.yaml": NODE.format(source="{type: package, tool: mine.search}")}
    assert used_connections(drop(files | {".promptflow/flow.tools.json": listed})) == ("my_search",)


def test_a_package_tool_takes_its_connection_by_name(drop: Drop) -> None:
    source = "{type: package, tool: promptflow.tools.serpapi.SerpAPI.search}"
    flow = NODE.format(source=source).replace("conn:", "connection:")
    assert used_connections(drop({"flow.dag.yaml": flow})) == ("my_search",)


@pytest.mark.parametrize("text", ["5", "[]", '{"code": 3}', '{"code": {"search.py": []}}', "{"])
def test_no_content_of_the_tools_file_crashes_the_reading(drop: Drop, text: str) -> None:
    assert used_connections(drop(python("str") | {".promptflow/flow.tools.json": text})) == ()


def test_connections_in_environment_variables_are_found(drop: Drop) -> None:
    flow = (
        "environment_variables:\n"
        "  KEY: ${my_conn.api_key}\n"
        "  PLAIN: text\n"
        "  NOT_ONE: ${a.b.c} and\n"
        "  NUMBER: 5\n"
    )
    reading = drop({"flow.dag.yaml": flow})
    assert used_connections(reading) == ("my_conn",)
    assert reading.content is not None
    assert reading.content.environment_variables["NUMBER"] == "5"


def test_connections_of_a_prompty_and_a_flex_flow_are_found(drop: Drop) -> None:
    prompty = (
        "---\nname: p\nmodel:\n  api: chat\n  configuration:\n    connection: in_prompty\n---\nx"
    )
    flex = (
        "entry: app:Chat\n"
        "init:\n"
        "  model: {type: AzureOpenAIModelConfiguration, default: {connection: in_default}}\n"
        "  own: {type: CustomConnection, default: direct}\n"
        "sample:\n"
        "  init:\n"
        "    model: {connection: in_sample}\n"
        "    search: by_annotation\n"
        "    other: no_connection\n"
        "model_config: {connection: in_config}\n"
    )
    source = (
        "from promptflow.connections import *\n"
        "from promptflow.core import AzureOpenAIModelConfiguration\n"
        "class Chat:\n"
        "    def __init__(self, model: AzureOpenAIModelConfiguration, own: CustomConnection,\n"
        "                 search: SearchConnection, other: str = ''): ...\n"
        "    def __call__(self): ...\n"
    )
    reading = drop({"flow.flex.yaml": flex, "app.py": source, "p.prompty": prompty})
    assert reading.errors == ()
    assert used_connections(reading) == (
        "by_annotation",
        "direct",
        "in_config",
        "in_default",
        "in_sample",
    )
    assert reading.content is not None
    places = {use.name: (use.file, use.line) for use in reading.content.connections}
    assert places["in_sample"] == ("flow.flex.yaml", 7)
    severities = {each.file: each.severity for each in missing_connections(reading.content, set())}
    assert severities == {"flow.flex.yaml": "error"}
    assert [(it.file, it.line) for it in reading.findings] == [("p.prompty", 6)]


def test_an_index_lookup_names_connections_by_arm_id(drop: Drop) -> None:
    flow = (
        "nodes:\n"
        "- name: look\n"
        "  type: python\n"
        "  source: {type: package, tool: promptflow_vectordb.tool.common_index_lookup.search}\n"
        "  inputs:\n"
        "    mlindex_content: >\n"
        "      embeddings:\n"
        "        connection: {id: /subscriptions/s/workspaces/w/connections/aoai}\n"
        "      index:\n"
        '        connection: {id: "/subscriptions/s/workspaces/w/connections/search"}\n'
    )
    reading = drop({"flow.dag.yaml": flow})
    assert used_connections(reading) == ("aoai", "search")
    assert reading.content is not None
    assert reading.content.uses_index_lookup


LLM = """\
nodes:
- name: a
  type: llm
  source: {type: code, path: a.jinja2}
  connection: one
  api: chat
- name: b
  type: llm
  source: {type: code, path: a.jinja2}
  connection: two
  api: chat
"""


def test_each_use_of_a_missing_connection_is_a_finding(drop: Drop) -> None:
    flow = drop({"flow.dag.yaml": LLM, "a.jinja2": ""}).content
    assert flow is not None
    findings = missing_connections(flow, {"two"})
    assert [(each.file, each.line) for each in findings] == [("flow.dag.yaml", 5)]
    assert "node 'a' uses the connection 'one'" in findings[0].cause
    assert missing_connections(flow, {"one", "two"}) == ()
    assert len(missing_connections(flow, set())) == 2


def test_a_connection_may_replace_another(drop: Drop) -> None:
    flow = drop({"flow.dag.yaml": LLM, "a.jinja2": ""}).content
    assert flow is not None
    assert missing_connections(flow, {"prod", "two"}, {"one": "prod"}) == ()
    assert "'prod'" in missing_connections(flow, {"one", "two"}, {"one": "prod"})[0].cause
