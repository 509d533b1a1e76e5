from collections.abc import Callable, Mapping

import pytest

from shared.domain.kinds.prompt_flow import Flow, sample_input
from shared.package import Reading

type Drop = Callable[[Mapping[str, str]], Reading]

FLEX = "display_name: Flex\nentry: app:chat\n"
SOURCE = """\
from typing import Optional
def chat(question: str, limit: int = 3, history: Optional[list] = None) -> str:
    return question
"""
CLASS = """\
class Chat:
    def __init__(self, model: str, words: int = 3): ...
    def __call__(self, question: str) -> str: ...
"""


def test_a_function_is_an_entry_and_its_parameters_are_inputs(drop: Drop) -> None:
    reading = drop({"flow.flex.yaml": FLEX, "app.py": SOURCE})
    assert reading.findings == ()
    assert isinstance(reading.content, Flow)
    assert reading.content.kind == "flex"
    assert reading.content.entry == "app:chat"
    assert [(each.name, each.type, each.default) for each in reading.content.inputs] == [
        ("question", "string", None),
        ("limit", "int", 3),
        ("history", "list", None),
    ]


def test_a_flow_file_with_an_entry_is_a_flex_flow_whatever_its_name(drop: Drop) -> None:
    reading = drop({"flow.dag.yaml": FLEX, "app.py": SOURCE})
    assert isinstance(reading.content, Flow)
    assert reading.content.kind == "flex"


def test_inputs_come_from_the_signature_and_the_file_adds_types_and_defaults(drop: Drop) -> None:
    more = "inputs:\n  limit: {type: int, default: 7, description: How many}\n"
    flow = drop({"flow.flex.yaml": FLEX + more, "app.py": SOURCE}).content
    assert isinstance(flow, Flow)
    assert [each.name for each in flow.inputs] == ["question", "limit", "history"]
    assert (flow.inputs[1].default, flow.inputs[1].description) == (7, "How many")


def test_an_input_that_the_entry_does_not_take_is_an_error(drop: Drop) -> None:
    files = {"flow.flex.yaml": FLEX + "inputs:\n  text: {type: string}\n", "app.py": SOURCE}
    (error,) = drop(files).errors
    assert (error.line, "has no parameter 'text'" in error.cause) == (4, True)


def test_inputs_come_from_the_file_if_the_entry_is_not_in_the_package(drop: Drop) -> None:
    files = {"flow.flex.yaml": FLEX + "inputs:\n  text: {type: string}\n"}
    flow = drop(files | {"app.py": "from inner import chat"}).content
    assert isinstance(flow, Flow)
    assert [each.name for each in flow.inputs] == ["text"]


@pytest.mark.parametrize(
    ("entry", "source", "cause"),
    [
        ("app:chat", "x = 1", "'app.py' defines no 'chat'"),
        ("other:chat", SOURCE, "'other.py' is not in the package"),
        ("app", SOURCE, "not of the form module:function"),
        ("'app:'", SOURCE, "not of the form module:function"),
        ("[a]", SOURCE, "not of the form module:function"),
        ("../app:chat", SOURCE, "not of the form module:function"),
        ("app:chat", "def chat(:", "a syntax error"),
        ("app:Chat", "class Chat:\n    x = 1\n", "the class 'Chat' cannot be called"),
        ("app:chat", "def chat(q) -> dict: ...", "annotated to return 'dict'"),
        ("app:chat", "def chat(q) -> list[str]: ...", "annotated to return 'list[str]'"),
        ("app:chat", "def chat(q):\n    log_metric('a', 1)\n", "it logs a metric"),
        (
            "app:Chat",
            (
                "class Chat:\n    def __init__(self): ...\n    def __call__(self): ...\n"
                "    def __aggregate__(self, lines): ...\n"
            ),
            "its class aggregates",
        ),
    ],
)
def test_an_entry_that_the_runtime_could_not_start_is_an_error(
    drop: Drop, entry: str, source: str, cause: str
) -> None:
    reading = drop({"flow.flex.yaml": f"name: x\nentry: {entry}\n", "app.py": source})
    assert any(cause in each.cause for each in reading.errors), reading.findings


@pytest.mark.parametrize(
    "source",
    [
        "from inner import chat",
        "from inner import talk as chat",
        "from inner import *",
        "chat = make()",
        "async def chat(q): ...",
        "from inner import Base\nclass chat(Base): ...",
        "from inner import Answer\ndef chat(q) -> Answer: ...",
    ],
)
def test_valid_entries_are_accepted(drop: Drop, source: str) -> None:
    assert drop({"flow.flex.yaml": FLEX, "app.py": source}).errors == ()


def test_an_entry_in_a_package_is_found(drop: Drop) -> None:
    files = {"flow.flex.yaml": "entry: src.app:chat\n", "src/app/__init__.py": SOURCE}
    assert drop(files).errors == ()


def test_an_entry_that_requirements_may_install_is_a_warning(drop: Drop) -> None:
    files = {"flow.flex.yaml": "entry: my_flows.app:chat\n", "requirements.txt": "My-Flows==1\n"}
    assert [each.severity for each in drop(files).findings] == ["warning"]


def test_a_flex_file_without_an_entry_is_an_error(drop: Drop) -> None:
    assert drop({"flow.flex.yaml": "name: x\n"}).errors


def test_a_class_with_unset_init_parameters_is_an_error(drop: Drop) -> None:
    bare = {"flow.flex.yaml": "entry: app:Chat\n", "app.py": CLASS}
    findings = drop(bare).findings
    assert [each.severity for each in findings] == ["error"]
    assert "PF_FLOW_INIT_CONFIG" in findings[0].remedy
    variables = 'deployment:\n  environment_variables: {PF_FLOW_INIT_CONFIG: \'{"model": "x"}\'}\n'
    assert drop({**bare, "deploy.yaml": variables}).errors == ()
    given = bare | {"flow.flex.yaml": "entry: app:Chat\nsample:\n  init: {model: x}\n"}
    assert drop(given).findings == ()


def test_an_async_generator_needs_the_fastapi_engine(drop: Drop) -> None:
    source = "async def chat(q: str):\n    yield q\n"
    files = {"flow.flex.yaml": FLEX, "app.py": source}
    reading = drop(files)
    assert "fastapi" in reading.findings[0].remedy
    assert "fails a call that asks for a stream" in reading.findings[0].cause
    assert isinstance(reading.content, Flow)
    assert reading.content.streams
    variables = "deployment: {environment_variables: {PROMPTFLOW_SERVING_ENGINE: %s}}\n"
    assert drop({**files, "deploy.yaml": variables % "fastapi"}).findings == ()
    assert drop({**files, "deploy.yaml": variables % "flask"}).findings == reading.findings


def test_the_sample_of_the_file_is_the_sample_input(drop: Drop) -> None:
    flex = FLEX + "sample:\n  inputs:\n    question: Why?\n"
    flow = drop({"flow.flex.yaml": flex, "app.py": SOURCE}).content
    assert isinstance(flow, Flow)
    assert sample_input(flow) == {"question": "Why?", "limit": 3, "history": []}


def test_an_unknown_input_type_is_an_error_only_if_the_entry_has_no_type(
    drop: Drop,
) -> None:
    flex = FLEX + "inputs:\n  question: {type: text}\n"
    (finding,) = drop({"flow.flex.yaml": flex, "app.py": SOURCE}).findings
    assert (finding.line, finding.severity) == (4, "warning")
    (error,) = drop({"flow.flex.yaml": flex, "app.py": "from inner import chat"}).errors
    assert error.line == 4
