import json
from pathlib import Path

import pytest

from shared.domain.kinds.prompt_flow import Flow, FlowInput, FlowOutput, sample_input
from shared.package import read

SAMPLES = Path(__file__).parents[4] / "samples"


def flow(*inputs: FlowInput) -> Flow:
    return Flow("dag", "flow.dag.yaml", inputs=inputs)


def test_a_default_is_preferred_to_an_invented_value() -> None:
    assert sample_input(flow(FlowInput(name="a", type="int", default=7))) == {"a": 7}
    assert sample_input(flow(FlowInput(name="a", type="bool", default=False))) == {"a": False}


@pytest.mark.parametrize(
    ("kind", "value"),
    [("int", 1), ("double", 1.0), ("bool", True), ("list", []), ("object", {})],
)
def test_sample_values_fit_their_types(kind: str, value: object) -> None:
    assert sample_input(flow(FlowInput(name="a", type=kind))) == {"a": value}


def test_every_sample_is_json() -> None:
    kinds = ("int", "double", "bool", "list", "object", "image", "string", "secret")
    every = flow(*(FlowInput(name=kind, type=kind) for kind in kinds))
    assert json.loads(json.dumps(sample_input(every))) == sample_input(every)


def test_a_chat_is_asked_a_question_with_an_empty_history() -> None:
    chat = Flow(
        "dag",
        "flow.dag.yaml",
        inputs=(
            FlowInput(name="ask", type="string", default="", is_chat_input=True),
            FlowInput(name="chat_history", type="list"),
        ),
        outputs=(FlowOutput(name="answer", type="string", is_chat_output=True),),
    )
    assert chat.is_chat
    assert sample_input(chat)["chat_history"] == []
    assert sample_input(chat)["ask"].endswith("?")


def test_an_input_named_chat_history_is_the_history_unless_marked_otherwise() -> None:
    named = flow(FlowInput(name="chat_history", type="list"))
    assert named.chat_history == "chat_history"
    refused = flow(FlowInput(name="chat_history", type="list", is_chat_history=False))
    assert refused.chat_history is None


@pytest.mark.parametrize("name", ["hello", "chat", "flex"])
def test_a_sample_flow_can_be_deployed(name: str) -> None:
    reading = read(SAMPLES / name)
    assert reading.findings == ()
    assert isinstance(reading.content, Flow)
    assert sample_input(reading.content)


@pytest.mark.parametrize(("name", "at_least"), [("evaluate", 3), ("broken", 19)])
def test_a_sample_that_is_wrong_is_refused_with_every_reason(name: str, at_least: int) -> None:
    errors = read(SAMPLES / name).errors
    assert len(errors) >= at_least
    assert all(each.line for each in errors)
