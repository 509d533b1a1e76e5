"""The smoke test before traffic moves, and what a failure reports."""

from typing import Any

import pytest

from shared.domain.failure import Unavailable
from shared.package.packing import packed
from tests.fakes.world import CODE, FLOW, World

CHAT = """\
inputs:
  question: {type: string, is_chat_input: true}
  tone: {type: string, default: calm}
  chat_history: {type: list, is_chat_history: true}
outputs:
  answer: {type: string, reference: "${say.output}", is_chat_output: true}
nodes:
- name: say
  type: python
  source: {type: code, path: say.py}
  inputs: {question: "${inputs.question}"}
"""
EVENTS = 'data: {"answer": "y"}\n\ndata: {"answer": "es"}\n\n'
SAMPLES = """\
smoke_test:
  input: {question: hello}
  samples:
  - name: greeting
    input: {question: good day}
    expect: {output: answer, equals: "yes"}
  - expect: {contains: "EXPECTED"}
"""


def _smoke(said: str, flow: str = FLOW) -> bytes:
    files = {"flow.dag.yaml": flow, "say.py": CODE, "deploy.yaml": said}
    return packed({name: text.encode() for name, text in files.items() if text})


def _sent_bodies(world: World) -> list[dict[str, Any]]:
    return [it.body for it in world.scoring.scored]


def _note(world: World) -> str:
    job = world.last["job"]
    notes = [it["note"] for it in world.ledger.timeline(job) if it["kind"] == "smoke_test"]
    return str(notes[-1])


def test_every_sample_is_sent_once_and_the_first_again_after_the_traffic(world: World):
    result = world.deploy(content=_smoke(SAMPLES.replace("EXPECTED", "YES")))

    assert result["outcome"] == "succeeded", result
    questions = [it["question"] for it in _sent_bodies(world)]
    assert questions == ["hello", "good day", "hello", "hello"]
    assert result["sample_request"] == {"question": "hello"}
    assert _note(world) == "3 samples answered as expected"


def test_the_sample_that_fails_is_named_with_what_was_expected_and_answered(world: World):
    result = world.deploy(content=_smoke(SAMPLES.replace("EXPECTED", "no")))

    message = result["diagnosis"]["message"]
    assert result["outcome"] == "failed"
    assert message.startswith("sample 3: the answer does not contain 'no'")
    assert '{"answer": "yes"}' in message
    assert world.traffic() == {}


def test_given_samples_replace_the_derived_one(world: World):
    result = world.deploy(content=_smoke("smoke_test: {samples: [{input: {question: mine}}]}\n"))

    assert result["sample_request"] == {"question": "mine"}
    assert {it["question"] for it in _sent_bodies(world)} == {"mine"}


def test_an_answer_that_violates_its_schema_is_reported_with_the_place(world: World):
    schema = "{type: object, properties: {answer: {type: integer}}}"

    result = world.deploy(content=_smoke(f"smoke_test: {{expect: {{json_schema: {schema}}}}}\n"))

    assert "at $.answer: 'yes' is not of type 'integer'" in result["diagnosis"]["message"]


def test_a_slow_answer_is_reported_with_its_latency(world: World):
    world.scoring.answer(200, {"answer": "yes"}, seconds=2.5)

    result = world.deploy(content=_smoke("smoke_test: {expect: {max_latency_ms: 1000}}\n"))

    assert "took 2500 ms, more than 1000 ms" in result["diagnosis"]["message"]


def test_a_timeout_is_diagnosed_as_a_slow_model(world: World):
    world.scoring.fail("score", Unavailable("Timeout", "No whole answer within 65 s"), times=2)

    result = world.deploy()

    assert result["outcome"] == "failed"
    assert "took longer than the endpoint's request timeout" in result["diagnosis"]["cause"]
    assert world.scoring.calls.count("score") == 2


def test_a_chat_is_asked_a_second_time_with_the_first_turn_as_its_history(world: World):
    result = world.deploy(content=_smoke("smoke_test: {input: {question: Hi}}\n", CHAT))

    assert result["outcome"] == "succeeded", result
    first, second, _ = _sent_bodies(world)
    assert first == {"question": "Hi", "tone": "calm", "chat_history": []}
    assert second["chat_history"] == [
        {"inputs": {"question": "Hi", "tone": "calm"}, "outputs": {"answer": "yes"}}
    ]
    assert second["question"] not in {"", "Hi"}
    assert "a second turn of the chat" in _note(world)


@pytest.mark.parametrize(
    ("said", "turns"),
    [
        ("smoke_test: {chat: false}\n", 1),
        ("smoke_test: {chat: true, follow_up: And then?}\n", 2),
        ("flow: {outputs: []}\n", 1),
    ],
)
def test_the_manifest_configures_the_second_turn_of_a_chat(world: World, said: str, turns: int):
    result = world.deploy(content=_smoke(said, CHAT))

    assert result["outcome"] == "succeeded", result
    asked = _sent_bodies(world)[:-1]
    assert len(asked) == turns
    assert turns == 1 or asked[1]["question"] == "And then?"


def test_a_chat_that_fails_in_its_second_turn_is_reported_by_turn(world: World):
    world.scoring.answer(200, {"answer": "yes"})
    world.scoring.answer(424, {"error": {"message": "KeyError: 'inputs'"}})

    result = world.deploy(content=_smoke("", CHAT))

    assert result["outcome"] == "failed"
    assert result["diagnosis"]["message"].startswith("the second turn of the chat")
    assert "KeyError" in result["diagnosis"]["message"]


def test_an_answer_that_is_not_json_fails_without_a_second_turn(world: World):
    why = "the answer is not valid JSON: it contains NaN, which is not valid JSON"
    world.scoring.answer(200, '{"answer": NaN}', problem=why)
    result = world.deploy(content=_smoke("", CHAT))
    assert result["outcome"] == "failed"
    assert result["diagnosis"]["message"].startswith(f"sample 1: {why}. The answer:")
    assert len(world.scoring.scored) == 1


def test_a_chat_answer_without_the_chat_output_is_reported(world: World):
    world.scoring.answer(200, {"other": "yes"})

    result = world.deploy(content=_smoke("", CHAT))

    assert "there is no chat output 'answer'" in result["diagnosis"]["message"]


def test_a_stream_is_requested_if_the_manifest_says_so(world: World):
    world.scoring.answer(200, {"answer": "yes"})
    world.scoring.answer(200, EVENTS, media_type="text/event-stream")

    result = world.deploy(content=_smoke("smoke_test: {stream: true}\n"))

    assert result["outcome"] == "succeeded", result
    assert [it.accept for it in world.scoring.scored] == [None, "text/event-stream", None]
    assert "a stream of events" in _note(world)


@pytest.mark.parametrize(
    ("status", "answer", "more", "why"),
    [
        (200, {"answer": "yes"}, {}, "the stream: the answer is application/json"),
        (200, EVENTS, {"media_type": "text/event-stream", "complete": False}, "after 2 events"),
        (200, "", {"media_type": "text/event-stream"}, "after 0 events"),
        (424, "no", {"model_status": 406}, "the stream: the endpoint answered 424, the flow"),
    ],
)
def test_an_answer_that_is_not_a_stream_or_does_not_end_fails(
    world: World, status: int, answer: Any, more: dict[str, Any], why: str
):
    world.scoring.answer(200, {"answer": "yes"})
    world.scoring.answer(status, answer, **more)

    result = world.deploy(content=_smoke("smoke_test: {stream: true}\n"))

    assert result["outcome"] == "failed"
    assert why in result["diagnosis"]["message"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("smoke_test: {samples: [{input: {other: 1}}]}\n", "no input 'other'"),
        ("smoke_test: {samples: [{expect: {output: other}}]}\n", "no output 'other'"),
        ("smoke_test: {expect: {json_schema: {type: nothing}}}\n", "not a JSON Schema"),
        (
            "smoke_test: {expect: {json_schema: {$ref: 'http://x.test/s'}}}\n",
            "'$ref' is not supported",
        ),
        ("smoke_test: {expect: {json_schema: {pattern: (a+)+$}}}\n", "'pattern' is not supported"),
        ("smoke_test: {chat: true}\n", "the flow is not a chat flow"),
        ("smoke_test: {expect: {max_latency_ms: 0}}\n", "max_latency_ms"),
    ],
)
def test_an_invalid_smoke_test_is_refused_before_any_write(world: World, said: str, why: str):
    result = world.deploy(content=_smoke(said))

    assert result["outcome"] == "rejected"
    assert any(why in it["cause"] for it in result["findings"]), result["findings"]
    assert world.writes == []
