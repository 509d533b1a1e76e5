"""Queues, containers and events, against the app and the local stack; and nothing is open."""

import re
from typing import Any

from local.service_bus.config import QueueProperties, read_config
from shared.settings import Settings
from tests.unit.infra.bicep import INFRA, read, templates

ROOT = INFRA.parent
DEFAULTS = {str(it.alias): it.default for it in Settings.model_fields.values()}
EVENTS = read(INFRA / "eventSubscription.bicep")


def test_the_queues_are_those_of_the_local_stack():
    bus = read(INFRA / "modules" / "bus.bicep")
    queues = {
        it.body["name"]: QueueProperties.model_validate(
            {key[0].upper() + key[1:]: value for key, value in it.body["properties"].items()}
        )
        for it in bus.resources
        if it.of.startswith("Microsoft.ServiceBus/namespaces/queues@")
    }
    local = read_config(ROOT / "local" / "service_bus" / "queues.json")
    assert queues == {it.name: it.properties for it in local}
    names = ("REQUESTS_QUEUE", "RESULTS_QUEUE", "CHANGES_QUEUE")
    assert queues.keys() == {DEFAULTS[name] for name in names}


def test_the_containers_are_those_of_the_app_and_of_event_grid():
    main = read(INFRA / "main.bicep")
    drops = next(it.body["params"] for it in main.modules if it.name == "drops")
    assert {DEFAULTS["FLOWS_CONTAINER"], DEFAULTS["LEDGER_CONTAINER"]} < set(drops["containers"])
    destination = _subscription()["deadLetterWithResourceIdentity"]["deadLetterDestination"]
    assert destination["properties"]["blobContainerName"] in drops["containers"]


def test_events_of_the_flows_container_alone_go_to_the_blob_trigger():
    properties = _subscription()
    assert properties["filter"]["includedEventTypes"] == ["Microsoft.Storage.BlobCreated"]
    prefix = str(properties["filter"]["subjectBeginsWith"])
    assert prefix.endswith("/blobs/'"), "without the slash, events of 'flows2' would match too"
    assert EVENTS.parameters.keys() >= {"function", "container"}
    text = EVENTS.path.read_text(encoding="utf-8")
    given = dict(re.findall(r"^param (\w+) string = '([^']+)'$", text, re.MULTILINE))
    door = (ROOT / "functions" / "doors" / "intake.py").read_text(encoding="utf-8")
    assert f"def {given['function']}(" in door
    assert given["container"] == DEFAULTS["FLOWS_CONTAINER"]


def test_keys_are_off_everywhere():
    found = {
        (it.path.stem, one.of.split("@")[0]): one.body.get("properties", {})
        for it in templates()
        for one in it.resources
        # A new workspace's Application Insights takes what containers send, which have no identity.
        if not one.existing and (it.path.stem, one.name) != ("workspace", "insights")
    }
    wanted: dict[str, dict[str, Any]] = {
        "Microsoft.Storage/storageAccounts": {
            "allowSharedKeyAccess": False,
            "allowBlobPublicAccess": False,
        },
        "Microsoft.ServiceBus/namespaces": {"disableLocalAuth": True},
        "Microsoft.Insights/components": {"DisableLocalAuth": True},
        "Microsoft.ContainerRegistry/registries": {"adminUserEnabled": False},
        "Microsoft.KeyVault/vaults": {"enableRbacAuthorization": True},
        "Microsoft.Web/sites": {"httpsOnly": True},
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"allow": False},
    }
    for kind, settings in wanted.items():
        of_kind = [properties for (_, type_), properties in found.items() if type_ == kind]
        assert of_kind, kind
        for properties in of_kind:
            assert {name: properties.get(name) for name in settings} == settings, kind


def test_no_template_reads_a_key_but_the_events_and_none_gives_one_out():
    for template in templates():
        text = template.path.read_text(encoding="utf-8")
        assert (".listKeys(" in text or "listKeys(" in text) == (template is EVENTS), template.path
        assert not re.search(r"^output .*key", text, re.MULTILINE | re.IGNORECASE)


def _subscription() -> dict[str, Any]:
    properties: dict[str, Any] = EVENTS.resource("dropped")["properties"]
    return properties
