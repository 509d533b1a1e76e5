"""A question to an endpoint through the app: judged as a deploy there, and never with its key."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access.caller import ACTS, Callers
from shared.domain.access.policy_rule import parse_policy
from shared.domain.failure import Unavailable
from shared.ports import Answer
from tests.fakes.http import FakeHost
from tests.fakes.world import World, package

KEY = "Key-of-hello"
"""As the workspace in memory gives it."""


@pytest.fixture(autouse=True)
def deployed(world: World) -> None:
    assert world.deploy()["outcome"] == "succeeded"


def _ask(
    host: FakeHost,
    body: Any = None,
    path: str = "hello/invoke",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    content = json.dumps({"question": "hi"} if body is None else body).encode()
    told = host.ask("POST", f"endpoints/{path}", content, headers)
    return told.status_code, json.loads(told.get_body())


def test_the_answer_comes_with_status_and_time(world: World, host: FakeHost) -> None:
    status, told = _ask(host, {"question": "why"})
    assert (status, told["status"], told["body"]) == (200, 200, {"answer": "yes"})
    assert (told["seconds"], told["problem"], told["complete"]) == (0.01, "", True)
    asked = world.scoring.scored[-1]
    assert (asked.endpoint, asked.body) == ("hello", {"question": "why"})


def test_one_deployment_is_asked_whatever_its_traffic(world: World, host: FakeHost) -> None:
    name = world.last["deployment"]
    _, told = _ask(host, path=f"hello/invoke?deployment={name}")
    assert (told["deployment"], told["status"]) == (name, 200)
    _, told = _ask(host, path="hello/invoke?deployment=blue")
    assert (told["deployment"], told["status"]) == ("blue", 404)


def test_an_error_of_the_endpoint_is_an_answer_with_its_status(
    world: World, host: FakeHost
) -> None:
    body = {"error": {"message": "the flow broke"}}
    world.scoring.answer(424, body, reason="model error", model_status=500)
    status, told = _ask(host)
    assert status == 200
    assert (told["status"], told["model_status"], told["reason"]) == (424, 500, "model error")
    assert told["body"] == body


def test_no_answer_in_time_is_told_without_a_status(world: World, host: FakeHost) -> None:
    def silent(*_: object) -> Answer:
        raise Unavailable("Timeout", "No complete answer within 60 s")

    world.scoring.asked = silent
    status, told = _ask(host)
    assert (status, told["status"], told["body"], told["complete"]) == (200, None, None, False)
    assert "No complete answer within 60 s" in told["problem"]


def test_a_key_that_was_regenerated_is_fetched_anew(world: World, host: FakeHost) -> None:
    tries = list[str]()
    real = world.workspace.credential

    def credential(endpoint: str, auth_mode: str, *, fresh: bool = False) -> str:
        tries.append("fresh" if fresh else "kept")
        return real(endpoint, auth_mode) if fresh else "the old key"

    world.workspace.credential = credential  # type: ignore[method-assign]
    assert _ask(host)[1]["status"] == 200
    assert tries == ["kept", "fresh"]


def test_the_key_is_not_in_the_answer_even_where_the_flow_repeats_it(
    world: World, host: FakeHost
) -> None:
    said = {"headers": [f"Bearer {KEY}"], KEY: "x"}
    world.scoring.answer(200, said, reason=KEY, problem=f"{KEY} is odd")
    _, told = _ask(host)
    assert KEY not in json.dumps(told)
    assert told["body"] == {"headers": ["Bearer ***"], "***": "x"}


@pytest.mark.parametrize("body", [b"", b"[]", b'"hi"', b"{", b'{"a": 1, "a": 2}', b'{"a": NaN}'])
def test_what_is_no_object_is_not_sent(world: World, host: FakeHost, body: bytes) -> None:
    before = len(world.scoring.scored)
    answer = host.ask("POST", "endpoints/hello/invoke", body)
    assert answer.status_code == 400
    assert b"Send the inputs of the endpoint as one object" in answer.get_body()
    assert len(world.scoring.scored) == before


def test_a_question_has_the_limit_of_every_body(host: FakeHost) -> None:
    assert _ask(host, {"question": "x" * 262_144})[0] == 413


def test_no_such_endpoint_is_404_and_a_wrong_name_400(host: FakeHost) -> None:
    assert _ask(host, path="nobody/invoke")[0] == 404
    assert _ask(host, path="a_b/invoke")[0] == 400
    assert _ask(host, path="hello/invoke?deployment=a_b")[0] == 400


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_key_alone_asks_only_where_it_may_deploy(world: World, host: FakeHost, act: Any) -> None:
    world.ports = replace(world.ports, callers=Callers(key=frozenset({act})))
    assert _ask(host)[0] == (200 if act == "deploy" else 403)


def test_only_who_may_deploy_there_asks(
    world: World, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")
    rule = '[{"prefix": "hello.zip", "endpoints": ["*"], "callers": ["ada@example.org"]}]'
    world.ports = replace(world.ports, policy=parse_policy(rule))
    before = len(world.scoring.scored)
    assert _ask(host, headers={"x-ms-client-principal-name": "bob@example.org"})[0] == 400
    assert len(world.scoring.scored) == before
    assert _ask(host, headers={"x-ms-client-principal-name": "ada@example.org"})[0] == 200


def test_what_sluice_never_released_to_needs_a_rule_for_the_whole_container(
    world: World, host: FakeHost
) -> None:
    there = world.workspace.there.endpoints
    there["byhand"] = replace(there["hello"], name="byhand", scoring_uri="https://byhand/score")
    assert _ask(host, path="byhand/invoke")[0] == 200
    rule = '[{"prefix": "team", "endpoints": ["*"]}]'
    world.ports = replace(world.ports, policy=parse_policy(rule))
    assert _ask(host, path="byhand/invoke")[0] == 400


CHAT = """\
inputs:
  question: {type: string, is_chat_input: true, default: hi}
  chat_history: {type: list, is_chat_history: true, default: []}
outputs:
  answer: {type: string, reference: "${say.output}", is_chat_output: true}
nodes:
- name: say
  type: python
  source: {type: code, path: say.py}
  inputs: {question: "${inputs.question}"}
"""


def test_how_to_call_it_names_the_parts_of_a_chat(world: World, host: FakeHost) -> None:
    told = json.loads(host.ask("GET", "endpoints/hello/consume").get_body())
    assert told["chat"] is None
    world.scoring.asked = lambda *_: Answer(200, {"answer": "yes"}, 0.01)
    assert world.deploy(content=package(flow=CHAT))["outcome"] == "succeeded", world.last
    told = json.loads(host.ask("GET", "endpoints/hello/consume").get_body())
    names = {"input": "question", "history": "chat_history", "output": "answer"}
    assert {it: told["chat"][it] for it in names} == names
    assert told["sample_request"] == {"question": "hi", "chat_history": []}
