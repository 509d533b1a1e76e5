"""`sluice invoke` with an Azure that answers what the test says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from cli import arm, management
from cli.errors import CommandError
from cli.target import Target

FACTS = {"subscription_id": "s", "resource_group": "g", "workspace": "w"}
ENDPOINT = {"properties": {"scoringUri": "https://hello.example/score", "authMode": "Key"}}


class Answering(BaseAdapter):
    """A server that answers by the last part of the path, else 404."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        super().__init__()
        self.answers = answers

    def send(
        self, request: requests.PreparedRequest, *_: object, **__: object
    ) -> requests.Response:
        name = str(request.path_url).partition("?")[0].rpartition("/")[2]
        told = self.answers.get(name)
        answer = requests.Response()
        answer.status_code = 404 if told is None else 200
        answer._content = told if isinstance(told, bytes) else json.dumps(told).encode()
        return answer

    def close(self) -> None:
        pass


def _scoring(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Any]) -> arm.Scoring:
    for module in (arm, management):
        monkeypatch.setattr(module, "get_token", lambda _, audience: f"token for {audience}")
    azure = arm.Azure(Target(FACTS, "the test"))
    azure._arm.session.mount("https://", Answering(answers))
    return azure.find_scoring("hello")


def test_invoke_uses_the_endpoints_key(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"hello": ENDPOINT, "listKeys": {"primaryKey": "k"}}
    scoring = _scoring(monkeypatch, answers)
    assert (scoring.uri, scoring.key) == ("https://hello.example/score", "k")


def test_invoke_asks_entra_for_the_token_of_an_endpoint_that_wants_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = {"properties": ENDPOINT["properties"] | {"authMode": "AADToken"}}
    assert _scoring(monkeypatch, {"hello": endpoint}).key == "token for https://ml.azure.com"


def test_a_missing_endpoint_is_reported_in_our_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(CommandError) as wrong:
        _scoring(monkeypatch, {"onlineEndpoints": {"value": [{"name": "hallo"}]}})
    assert str(wrong.value) == "there is no endpoint 'hello'; did you mean hallo?"
    assert wrong.value.exit_code == 2


@pytest.mark.parametrize(
    "answers",
    [
        {"hello": b"<!doctype html>"},
        {"hello": []},
        {"hello": {"properties": []}},
        {"hello": {"properties": {"scoringUri": "https://hello.example/score"}}},
        {"hello": ENDPOINT, "listKeys": []},
        {"hello": ENDPOINT, "listKeys": {"primaryKey": None}},
    ],
)
def test_an_answer_that_is_not_azures_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Any]
) -> None:
    with pytest.raises(
        CommandError, match=r"unexpected answer from https://management\.azure\.com: "
    ) as wrong:
        _scoring(monkeypatch, answers)
    assert wrong.value.exit_code == 4
