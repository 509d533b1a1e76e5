"""What callers rely on must stay: inputs, outputs, streams, the status of errors."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.comparison.checks import Check, Reply
from shared.domain.comparison.contract import Observed, compare_contracts, judge_contract
from shared.domain.comparison.interface import read_interface

STREAM = "text/event-stream"
REFUSES = Reply(406)


def document(inputs: dict[str, str], outputs: dict[str, str], **more: Any) -> dict[str, Any]:
    """An OpenAPI document as prompt flow serves it."""

    def schema(named: dict[str, str], **given: Any) -> dict[str, Any]:
        fields = {name: {"type": kind} for name, kind in named.items()}
        return {"application/json": {"schema": {"type": "object", "properties": fields, **given}}}

    return {
        "openapi": "3.0.0",
        "paths": {
            "/score": {
                "post": {
                    "requestBody": {"content": schema(inputs, required=list(inputs), **more)},
                    "responses": {"200": {"content": schema(outputs)}},
                }
            }
        },
    }


DOCUMENT = document({"question": "string"}, {"answer": "string", "words": "integer"})
OLD = Observed(
    read_interface(DOCUMENT),
    (Reply(200, {"answer": "yes", "words": 1}),),
    stream=REFUSES,
    empty=Reply(400),
)
STREAMS = replace(OLD, stream=Reply(200, "data: x", STREAM))


def failed(old: Observed, new: Observed) -> dict[str, str]:
    checks = compare_contracts(old, new, ["1"], STREAM)
    return {it.name: it.words for it in checks if it.state == "failed"}


def described(**given: Any) -> Observed:
    return replace(OLD, interface=read_interface(document(**given)))


def answering(*answers: Reply) -> Observed:
    return replace(OLD, answers=answers)


def test_an_equal_deployment_passes():
    assert failed(OLD, OLD) == {}
    assert failed(STREAMS, STREAMS) == {}


def test_more_inputs_and_outputs_pass():
    more = document(
        {"question": "string", "lang": "string"},
        {"answer": "string", "words": "integer", "cost": "number"},
    )
    del more["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "required"
    ]
    new = replace(
        OLD,
        interface=read_interface(more),
        answers=(Reply(200, {"answer": "no", "words": 3, "cost": 0.1}),),
    )

    assert failed(OLD, new) == {}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"inputs": {"question": "string"}, "outputs": {"reply": "string", "words": "integer"}},
            {"outputs": "the output 'answer' is gone; there are reply, words"},
        ),
        (
            {"inputs": {"question": "string"}, "outputs": {"answer": "object", "words": "integer"}},
            {"outputs": "the output 'answer' was of type string, now of type object"},
        ),
        (
            {"inputs": {"question": "string"}, "outputs": {"answer": "string", "words": "number"}},
            {"outputs": "the output 'words' was of type integer, now of type number"},
        ),
        (
            {"inputs": {"question": "array"}, "outputs": {"answer": "string", "words": "integer"}},
            {"inputs": "the input 'question' was of type string, now of type array"},
        ),
        (
            {
                "inputs": {"question": "string", "user": "string"},
                "outputs": {"answer": "string", "words": "integer"},
            },
            {"inputs": "the input 'user' is new, and required"},
        ),
        (
            {
                "inputs": {"query": "string"},
                "outputs": {"answer": "string", "words": "integer"},
                "additionalProperties": False,
            },
            {
                "inputs": "the input 'question' is not accepted any more; "
                "the input 'query' is new, and required"
            },
        ),
    ],
)
def test_a_changed_description_fails(given: dict[str, Any], told: dict[str, str]):
    assert failed(OLD, described(**given)) == told


def test_an_input_may_accept_more_and_an_output_give_less():
    old = described(inputs={"n": "integer"}, outputs={"m": "number"})
    new = described(inputs={"n": "number"}, outputs={"m": "integer"})

    assert failed(old, new) == {}
    assert failed(new, old).keys() == {"inputs", "outputs"}


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(200, {"words": 1}), "'answer' is not in the answer any more; there are words"),
        (Reply(200, {"answer": 7, "words": 1}), "'answer' was of type string, now of type number"),
        (Reply(200, ["yes"]), "'answer' is not in the answer any more"),
        (Reply(500, "boom"), "answered by the old deployment, now answered with status 500"),
        (Reply(200, "yes", "text/plain"), "the answer was application/json, now text/plain"),
        (Reply(200, "{", problem="the answer is not valid JSON"), "now the answer is not valid"),
    ],
)
def test_a_changed_answer_fails(reply: Reply, told: str):
    assert told in failed(OLD, answering(reply))["answers"]


def test_what_is_null_or_refused_by_the_old_one_binds_the_new_one_to_nothing():
    nothing = answering(Reply(200, {"answer": None, "words": 1}))
    assert failed(nothing, OLD) == {}
    assert failed(OLD, nothing) == {}
    assert failed(answering(Reply(500)), answering(Reply(500))) == {}


def test_answers_bind_where_no_document_does():
    silent = replace(OLD, interface=read_interface({}))
    checks = compare_contracts(silent, OLD, ["1"], STREAM)

    assert [it.state for it in checks] == ["skipped", "skipped", "passed", "skipped", "passed"]
    renamed = replace(silent, answers=(Reply(200, {"reply": "yes", "words": 1}),))
    assert failed(silent, renamed).keys() == {"answers"}


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(200, {"answer": "yes"}), "the new one answers application/json"),
        (Reply(406, ""), "answered with status 406"),
        (Reply(200, "data:", STREAM, complete=False), "broke off"),
    ],
)
def test_a_lost_stream_fails(reply: Reply, told: str):
    assert told in failed(STREAMS, replace(OLD, stream=reply))["stream"]


def test_a_new_stream_passes():
    assert failed(OLD, STREAMS) == {}


@pytest.mark.parametrize(("new", "passes"), [(400, True), (200, True), (500, False), (422, False)])
def test_a_refused_request_is_refused_with_the_same_status_or_accepted(new: int, passes: bool):
    assert (failed(OLD, replace(OLD, empty=Reply(new))) == {}) is passes


@pytest.mark.parametrize("old", [500, 503, 429, 408])
def test_nobody_relies_on_a_failure_of_the_server(old: int):
    assert failed(replace(OLD, empty=Reply(old)), OLD) == {}


def test_a_request_without_inputs_that_was_accepted_must_be_still():
    accepts = replace(OLD, empty=Reply(200))
    assert failed(accepts, OLD) == {"errors": "a request without inputs got 200, and gets 400"}


def test_swagger_2_with_links_is_read_too():
    linked = {
        "swagger": "2.0",
        "paths": {
            "/": {"get": {}},
            "/score": {
                "post": {
                    "parameters": [{"in": "body", "schema": {"$ref": "#/definitions/In"}}],
                    "responses": {"200": {"schema": {"$ref": "#/definitions/Out"}}},
                }
            },
        },
        "definitions": {
            "In": {"type": "object", "properties": {"data": {"$ref": "#/definitions/Rows"}}},
            "Rows": {"type": "array"},
            "Out": {"type": "object", "properties": {"y": {"type": "number"}}},
        },
    }
    read = read_interface(linked)

    assert read.inputs is not None
    assert read.inputs.types == {"data": "array"}
    assert read.outputs is not None
    assert read.outputs.types == {"y": "number"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        [],
        {"paths": []},
        {"paths": {"/score": {}}},
        {"paths": {"/score": {"post": {"requestBody": {"$ref": "#/x"}}}}},
        {
            "paths": {"/s": {"post": {"parameters": [{"in": "body", "schema": {"$ref": "#/a"}}]}}},
            "a": {"$ref": "#/a"},
        },
    ],
)
def test_what_is_no_document_tells_nothing(document: Any):
    read = read_interface(document)
    assert (read.inputs, read.outputs) == (None, None)


def test_checks_are_named_and_always_five():
    checks = compare_contracts(OLD, OLD, ["1"], STREAM)
    assert [it.name for it in checks] == ["inputs", "outputs", "answers", "stream", "errors"]
    assert checks[3] == Check("stream", "skipped", "the old deployment does not stream")


def judged(old: Observed, new: Observed) -> tuple[str, str]:
    return judge_contract(old, compare_contracts(old, new, ["1"], STREAM))


def test_a_verdict_names_what_failed_or_what_is_as_before():
    assert judged(OLD, OLD) == ("passed", "inputs, outputs, answers, errors as before")
    outcome, words = judged(OLD, answering(Reply(200, {"words": 1})))
    assert outcome == "failed"
    assert words.startswith("answers: sample 1: 'answer' is not in the answer any more")


def test_samples_that_the_old_deployment_refuses_tell_nothing():
    refuses = answering(Reply(400))
    assert judged(refuses, OLD)[0] == "undecided"
    assert judged(answering(Reply(500)), OLD)[0] == "passed"
