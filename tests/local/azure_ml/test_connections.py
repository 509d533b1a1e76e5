"""Connections: credentials are shown by listsecrets only."""

from typing import Any

from azure.ai.ml._restclient.arm_ml_service.models import ConnectionCategory
from azure.ai.ml._utils import utils

from local.azure_ml.connection_categories import azures_own
from tests.local.azure_ml.client import WS, Client, error

V = "2023-04-01-preview"


def test_the_seeded_connection_is_what_prompt_flow_reads(arm: Client) -> None:
    listed = arm.all("connections", version=V)
    one = next(one for one in listed if one["name"] == "open_ai_connection")
    assert one["properties"]["credentials"] is None

    lower = f"{WS}/connections/open_ai_connection/listsecrets".replace(
        "resourceGroups", "resourcegroups"
    )
    opened = arm.call("POST", lower, None, V).json()["properties"]
    assert (opened["category"], opened["authType"]) == ("OpenAI", "ApiKey")
    assert opened["target"].startswith("http://127.0.0.1:")
    assert opened["credentials"]["key"]


def test_connections_are_added_and_taken_away(arm: Client) -> None:
    wanted = {
        "authType": "CustomKeys",
        "category": "CustomKeys",
        "target": "_",
        "credentials": {"keys": {"secret": "s"}},
        "metadata": {"plain": "p"},
    }
    assert arm.call("PUT", "connections/mine", {"properties": wanted}, V).ok
    assert arm.get("connections/mine", version=V)["properties"]["credentials"] is None
    opened = arm.call("POST", "connections/mine/listsecrets", None, V).json()
    assert opened["properties"]["credentials"] == {"keys": {"secret": "s"}}
    assert arm.call("DELETE", "connections/mine", None, V).status_code == 204
    gone = arm.call("GET", "connections/mine", None, V)
    assert (gone.status_code, error(gone)) == (404, "UserError")


def test_a_category_is_spelled_as_azure_spells_it_whatever_a_client_sends(arm: Client) -> None:
    wanted = {
        "authType": "ApiKey",
        "category": "AzureOpenAi",  # MLClient makes it of azure_open_ai
        "target": "https://example.openai.azure.com",
        "credentials": {"key": "k"},
        "metadata": {"ApiType": "Azure"},
    }
    made = arm.call("PUT", "connections/aoai", {"properties": wanted}, V).json()
    assert made["properties"]["category"] == "AzureOpenAI"
    assert arm.get("connections/aoai", version=V)["properties"]["category"] == "AzureOpenAI"
    opened = arm.call("POST", "connections/aoai/listsecrets", None, V).json()
    assert opened["properties"]["category"] == "AzureOpenAI"


def test_every_category_of_the_sdk_comes_back_as_the_sdk_spells_it() -> None:
    for each in ConnectionCategory:
        sdk: Any = utils
        sent = sdk._snake_to_camel(sdk.camel_to_snake(each.value))
        assert azures_own(sent) == each.value
