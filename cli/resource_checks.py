"""Checks of queues and of the event subscription against what infra/ makes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from cli.resources import Document, Resources
from cli.target import Target

type Check = Mapping[str, Any]

QUEUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "requests": {"maxDeliveryCount": 10, "lockDuration": "PT1M"},
    "results": {
        "requiresDuplicateDetection": True,
        "duplicateDetectionHistoryTimeWindow": "P1D",
    },
    "changes": {
        "maxDeliveryCount": 10,
        "lockDuration": "PT1M",
        "requiresDuplicateDetection": True,
        "duplicateDetectionHistoryTimeWindow": "PT10M",
    },
}
"""By what Sluice uses a queue for, its settings, as infra/modules/bus.bicep has them."""
_FLAGS: Final = {
    "maxDeliveryCount": "--max-delivery-count",
    "lockDuration": "--lock-duration",
    "requiresDuplicateDetection": "--enable-duplicate-detection",
    "duplicateDetectionHistoryTimeWindow": "--duplicate-detection-history-time-window",
}
CREATED: Final = "Microsoft.Storage.BlobCreated"


def check(name: str, state: str = "ok", detail: str = "", command: str = "") -> Check:
    """Return a check as the app's own have it."""
    return {"area": "azure", "name": name, "state": state, "detail": detail, "command": command}


def check_queues(resources: Resources, uses: Mapping[str, Any]) -> Iterator[Check]:
    """Check each queue; `uses` is what the app says that it uses.

    Raises:
        CommandError: Azure refuses or does not answer.
    """
    name = uses["namespace"]
    space = resources.namespace(name) if name else None
    if space is None:
        text = "you may not see it, or it is in another subscription: its queues were not looked at"
        yield check(f"namespace {name}".rstrip(), "unknown", text)
        return
    for purpose, wanted in QUEUES.items():
        queue = uses["queues"][purpose]
        place = f"--resource-group {_group(space)} --namespace-name {name} --name {queue}"
        found = resources.queue(space["id"], queue)
        if found is None:
            command = f"az servicebus queue create {place} {_flags(wanted)}"
            yield check(f"queue {queue}", "failed", "there is no such queue", command)
        else:
            yield _queue(queue, place, found["properties"], wanted)


def _queue(queue: str, place: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Check:
    name = f"queue {queue}"
    update = f"az servicebus queue update {place}"
    if found.get("requiresSession") or (
        wanted.get("requiresDuplicateDetection") and not found.get("requiresDuplicateDetection")
    ):
        fault = "it requires sessions" if found.get("requiresSession") else "it keeps duplicates"
        text = f"{fault}, which cannot be changed: make it anew (its messages are lost)"
        anew = f"az servicebus queue delete {place} && az servicebus queue create {place}"
        return check(name, "failed", text, f"{anew} {_flags(wanted)}")
    if (status := found.get("status", "Active")) != "Active":
        return check(name, "failed", f"its status is {status}", f"{update} --status Active")
    other = {it: value for it, value in wanted.items() if found.get(it) != value}
    if other:
        told = ", ".join(f"{it} is {found.get(it)}, not {value}" for it, value in other.items())
        return check(name, "warning", told, f"{update} {_flags(other)}")
    return check(name)


def check_events(resources: Resources, uses: Mapping[str, Any], target: Target) -> Check:
    """Check that events of dropped flows reach the app.

    Raises:
        CommandError: Azure refuses or does not answer.
    """
    account, name = uses["account"], f"event subscription of {uses['account']}"
    topics = resources.topics(account)
    if not topics:
        find = f"$(az storage account show --name {account} --query id --output tsv)"
        command = (
            f"az eventgrid system-topic create --resource-group GROUP --name {account}-events "
            f"--location REGION --source {find} --topic-type Microsoft.Storage.StorageAccounts "
            "--identity systemassigned"
        )
        text = "the account has no system topic that you may see: drops do not reach the app"
        return check(name, "failed", text, command)
    host = urlsplit(target["functions_url"]).hostname or ""
    found = [(it, each) for it in topics for each in resources.subscriptions(it["id"])]
    mine = [(it, each) for it, each in found if _host(each) == host]
    topic = (mine[0] if mine else (topics[0],))[0]
    command = (
        f"AZURE_SUBSCRIPTION_ID={target['subscription_id']} SLUICE_GROUP={_group(topic)} "
        f"SLUICE_APP={host.partition('.')[0]} SLUICE_DROPS={account} "
        f"SLUICE_TOPIC={topic['name']} infra/scripts/subscribe.sh"
    )
    if not mine:
        text = f"no subscription delivers to {host}: drops do not reach the app"
        return check(name, "failed", text, command)
    wrong = next(_faults(mine[0][1]["properties"], uses["container"]), None)
    return check(name) if wrong is None else check(name, *wrong, command)


def _faults(found: Mapping[str, Any], container: str) -> Iterator[tuple[str, str]]:
    """Yield state and text of what is wrong with a subscription, the worst first."""
    if (state := found.get("provisioningState")) != "Succeeded":
        yield "failed", f"its state is {state}"
    path = urlsplit(str((found.get("destination") or {})["properties"]["endpointBaseUrl"])).path
    if not path.startswith("/runtime/webhooks/blobs"):
        yield "failed", f"it delivers to {path}, not to the webhook of the blob trigger"
    given = found.get("filter") or {}
    kinds = given.get("includedEventTypes")
    if kinds is not None and CREATED not in kinds:
        yield "failed", f"it does not include {CREATED}"
    wanted, begins = f"/blobServices/default/containers/{container}/", "subjectBeginsWith"
    if not f"{wanted}blobs/".startswith(str(given.get(begins) or "")):
        yield "failed", f"{begins} is {given[begins]}: drops into {container} do not match"
    if not (found.get("deadLetterDestination") or found.get("deadLetterWithResourceIdentity")):
        yield "warning", "it has no dead letters: an event that never arrives is lost"


def _host(subscription: Document) -> str:
    destination = subscription["properties"].get("destination") or {}
    inner = destination.get("properties") or {}
    return urlsplit(str(inner.get("endpointBaseUrl") or "")).hostname or ""


def _group(resource: Document) -> str:
    return str(resource["id"].split("/")[4])


def _flags(wanted: Mapping[str, Any]) -> str:
    return " ".join(
        f"{_FLAGS[it]} {str(value).lower() if value is True else value}"
        for it, value in wanted.items()
    )
