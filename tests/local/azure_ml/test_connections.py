"""Connections: credentials are shown by listsecrets only."""

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
