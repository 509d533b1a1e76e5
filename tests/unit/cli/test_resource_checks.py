"""Queues and the event subscription: each setting is spoiled in turn, and exactly that is named.

The documents are those of 'Queues - Get' and 'System Topic Event Subscriptions - List'.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from cli import management
from cli.commands import doctor
from cli.errors import CommandError
from cli.resource_checks import CREATED, QUEUES, Check, check_events, check_queues
from cli.resources import Resources
from cli.target import Target
from tests.unit.cli.fake_sluice import KEY, FakeSluice, served
from tests.unit.infra.bicep import INFRA, read

GROUP = "/subscriptions/s/resourceGroups/rg-a/providers"
BUS = f"{GROUP}/Microsoft.ServiceBus/namespaces/sb-a"
TOPIC = f"{GROUP}/Microsoft.EventGrid/systemTopics/evgt-a"
DROPS = f"{GROUP}/Microsoft.Storage/storageAccounts/stdrop"
TARGET = Target(
    {"subscription_id": "s", "functions_url": "https://func-a.azurewebsites.net"}, "the test"
)
NAMES = {"requests": "deploy-requests", "results": "deploy-results", "changes": "flow-changes"}
USES = {"account": "stdrop", "container": "flows", "namespace": "sb-a", "queues": NAMES}
SUBSCRIPTION: dict[str, Any] = {
    "provisioningState": "Succeeded",
    "destination": {
        "endpointType": "WebHook",
        "properties": {
            "endpointBaseUrl": "https://func-a.azurewebsites.net/runtime/webhooks/blobs"
        },
    },
    "filter": {
        "includedEventTypes": [CREATED],
        "subjectBeginsWith": "/blobServices/default/containers/flows/blobs/",
    },
    "deadLetterWithResourceIdentity": {"deadLetterDestination": {}},
}
type Pages = dict[str, Any]


def _queue(purpose: str, **other: Any) -> dict[str, Any]:
    plain = {"status": "Active", "requiresSession": False, "requiresDuplicateDetection": False}
    return {"properties": {**plain, **QUEUES[purpose], **other}}


def _listed(ident: str, **properties: Any) -> dict[str, Any]:
    return {"id": ident, "name": ident.rpartition("/")[2], "properties": properties}


@pytest.fixture
def pages() -> Pages:
    """What Azure answers, by path."""
    queues = {f"{BUS}/queues/{name}": _queue(purpose) for purpose, name in NAMES.items()}
    other = _listed(f"{BUS}-other")
    start = "/subscriptions/s/providers"
    return {
        **queues,
        f"{start}/Microsoft.ServiceBus/namespaces": {
            "value": [other],
            "nextLink": "https://management.azure.com/more-namespaces",
        },
        "/more-namespaces": {"value": [_listed(BUS)]},
        f"{start}/Microsoft.EventGrid/systemTopics": {
            "value": [_listed(f"{TOPIC}-other", source=f"{DROPS}2"), _listed(TOPIC, source=DROPS)]
        },
        f"{TOPIC}/eventSubscriptions": {"value": [_listed(f"{TOPIC}/x/sluice", **SUBSCRIPTION)]},
    }


class Answering(BaseAdapter):
    """A server that answers by the path, else 404."""

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self.pages = pages

    def send(
        self, request: requests.PreparedRequest, *_: object, **__: object
    ) -> requests.Response:
        told = self.pages.get(str(request.path_url).partition("?")[0])
        answer = requests.Response()
        answer.status_code = 404 if told is None else 200
        if isinstance(told, int):
            answer.status_code, told = told, "no"
        answer._content = json.dumps(told).encode()
        return answer

    def close(self) -> None:
        pass


@pytest.fixture
def azure(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> Resources:
    monkeypatch.setattr(management, "make_credential", lambda _: None)
    monkeypatch.setattr(management, "get_token", lambda *_: "token")
    found = Resources(TARGET)
    found._arm.session.mount("https://", Answering(pages))
    return found


def wrong(azure: Resources, uses: Mapping[str, Any] = USES) -> list[Check]:
    found = [*check_queues(azure, uses), check_events(azure, uses, TARGET)]
    return [it for it in found if it["state"] != "ok"]


def test_nothing_is_wrong_with_what_infra_makes(azure: Resources) -> None:
    assert wrong(azure) == []


def test_queues_are_compared_with_those_of_the_template() -> None:
    made = {
        str(it.body["name"]).strip("'"): it.body["properties"]
        for it in read(INFRA / "modules" / "bus.bicep").resources
        if it.of.startswith("Microsoft.ServiceBus/namespaces/queues@")
    }
    for purpose, name in NAMES.items():
        found = {key: str(it).strip("'").lower() for key, it in made[name].items()}
        found.pop("defaultMessageTimeToLive", None)
        assert found == {key: str(it).lower() for key, it in QUEUES[purpose].items()}


@pytest.mark.parametrize(
    ("purpose", "other", "state", "told"),
    [
        ("results", {"requiresDuplicateDetection": False}, "failed", "it keeps duplicates"),
        ("changes", {"requiresDuplicateDetection": False}, "failed", "it keeps duplicates"),
        ("requests", {"requiresSession": True}, "failed", "it requires sessions"),
        ("requests", {"status": "ReceiveDisabled"}, "failed", "its status is ReceiveDisabled"),
        ("requests", {"maxDeliveryCount": 1}, "warning", "maxDeliveryCount is 1, not 10"),
        ("requests", {"lockDuration": "PT5S"}, "warning", "lockDuration is PT5S, not PT1M"),
        (
            "results",
            {"duplicateDetectionHistoryTimeWindow": "PT1M"},
            "warning",
            "duplicateDetectionHistoryTimeWindow is PT1M, not P1D",
        ),
    ],
)
def test_a_setting_of_a_queue_is_named_alone(
    azure: Resources, pages: Pages, purpose: str, other: dict[str, Any], state: str, told: str
) -> None:
    queue = NAMES[purpose]
    pages[f"{BUS}/queues/{queue}"] = _queue(purpose, **other)
    [found] = wrong(azure)
    assert (found["name"], found["state"]) == (f"queue {queue}", state)
    assert found["detail"].startswith(told)
    place = f"--resource-group rg-a --namespace-name sb-a --name {queue}"
    verb = "delete" if "cannot be changed" in found["detail"] else "update"
    assert found["command"].startswith(f"az servicebus queue {verb} {place}")


def test_a_queue_that_is_not_there_is_made_with_its_settings(
    azure: Resources, pages: Pages
) -> None:
    del pages[f"{BUS}/queues/deploy-results"]
    [found] = wrong(azure)
    assert found["command"].endswith(
        "--name deploy-results --enable-duplicate-detection true "
        "--duplicate-detection-history-time-window P1D"
    )


def _spoil(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    spoiled: dict[str, Any] = json.loads(json.dumps(SUBSCRIPTION))
    change(spoiled)
    return spoiled


@pytest.mark.parametrize(
    ("spoiled", "state", "told"),
    [
        (
            _spoil(lambda it: it.update(provisioningState="AwaitingManualAction")),
            "failed",
            "Manual",
        ),
        (_spoil(lambda it: it["filter"].update(includedEventTypes=["x"])), "failed", CREATED),
        (
            _spoil(lambda it: it["filter"].update(subjectBeginsWith="/blobServices/other")),
            "failed",
            "drops into flows do not match",
        ),
        (
            _spoil(
                lambda it: it["destination"]["properties"].update(
                    endpointBaseUrl="https://func-a.azurewebsites.net/api/drop"
                )
            ),
            "failed",
            "/api/drop",
        ),
        (
            _spoil(
                lambda it: it["destination"]["properties"].update(
                    endpointBaseUrl="https://func-b.azurewebsites.net/runtime/webhooks/blobs"
                )
            ),
            "failed",
            "no subscription delivers to func-a.azurewebsites.net",
        ),
        (_spoil(lambda it: it.pop("deadLetterWithResourceIdentity")), "warning", "no dead letters"),
    ],
)
def test_a_setting_of_the_subscription_is_named_alone(
    azure: Resources, pages: Pages, spoiled: dict[str, Any], state: str, told: str
) -> None:
    pages[f"{TOPIC}/eventSubscriptions"] = {"value": [_listed(f"{TOPIC}/x/sluice", **spoiled)]}
    [found] = wrong(azure)
    assert (found["name"], found["state"]) == ("event subscription of stdrop", state)
    assert told in found["detail"]
    assert found["command"] == (
        "AZURE_SUBSCRIPTION_ID=s SLUICE_GROUP=rg-a SLUICE_APP=func-a SLUICE_DROPS=stdrop "
        "SLUICE_TOPIC=evgt-a infra/scripts/subscribe.sh"
    )


def test_without_a_subscription_or_a_topic_that_is_told(azure: Resources, pages: Pages) -> None:
    pages[f"{TOPIC}/eventSubscriptions"] = {"value": []}
    [found] = wrong(azure)
    assert "no subscription delivers to func-a" in found["detail"]
    pages["/subscriptions/s/providers/Microsoft.EventGrid/systemTopics"] = {"value": []}
    [found] = wrong(azure)
    assert "--name stdrop-events" in found["command"]


def test_what_may_not_be_seen_is_unknown_and_no_fault(azure: Resources, pages: Pages) -> None:
    pages["/subscriptions/s/providers/Microsoft.ServiceBus/namespaces"] = {"value": []}
    [found] = wrong(azure)
    assert (found["name"], found["state"]) == ("namespace sb-a", "unknown")
    pages["/subscriptions/s/providers/Microsoft.EventGrid/systemTopics"] = 403
    with pytest.raises(CommandError, match="Azure answers 403"):
        wrong(azure)


def test_doctor_looks_at_them_for_whoever_is_signed_in(
    azure: Resources, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "make_credential", lambda _: None)
    monkeypatch.setattr(doctor, "get_token", lambda *_: "token")
    monkeypatch.setattr(doctor, "Resources", lambda _: azure)
    answer = {"checks": [], "uses": USES}
    with served(FakeSluice([], pages={"/api/doctor": answer})) as fake:
        facts = {"functions_url": fake.url, "function_key": KEY, "subscription_id": "s"}
        assert doctor.doctor(Target(facts, "the test"), as_json=False) == 1
    printed = capsys.readouterr().out
    assert "Queues and events, as you see them: 3 of 4 as they should be" in printed
    assert "no subscription delivers to 127.0.0.1" in printed


def test_no_token_goes_to_another_host(azure: Resources, pages: Pages) -> None:
    listed = "/subscriptions/s/providers/Microsoft.ServiceBus/namespaces"
    pages[listed]["nextLink"] = "https://management.azure.com.example/more-namespaces"
    [found] = wrong(azure)
    assert found["name"] == "namespace sb-a"
