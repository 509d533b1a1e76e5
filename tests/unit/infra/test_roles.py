"""The app's roles: in the template, in the documents, in the code and on the local stack."""

import json
import re

from local import cloud
from local.azure_ml import definitions
from local.azure_ml.initial_assignments import INITIAL
from shared.adapters import probes
from shared.domain.access import own_rights
from shared.domain.access.roles import DATA_SCIENTIST, STORAGE_BLOB_DATA_CONTRIBUTOR, Role
from tests.unit.infra.bicep import INFRA, Declared, Template, read, templates

ROOT = INFRA.parent
ROLES = json.loads((INFRA / "roles.json").read_text(encoding="utf-8"))
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
RIGHTS = (ROOT / "docs" / "how-to" / "give-sluice-its-rights.md").read_text(encoding="utf-8")
ASSIGNMENT = "Microsoft.Authorization/roleAssignments@2022-04-01"
ADMINISTRATOR = "Role Based Access Control Administrator"


def _assignments() -> list[tuple[Template, Declared]]:
    return [(it, one) for it in templates() for one in it.resources if one.of == ASSIGNMENT]


def test_ids_of_roles_are_azures_own():
    known = {it.name: it.guid for it in definitions.ROLES if not it.custom}
    named = ROLES["own"] | {it["name"]: it["id"] for it in ROLES["granted"]}
    assert len(known.keys() & named.keys()) >= 8
    assert {name: known[name] for name in known.keys() & named.keys()} == {
        name: named[name] for name in known.keys() & named.keys()
    }


def test_every_role_of_the_app_is_assigned_somewhere():
    text = "".join(it.path.read_text(encoding="utf-8") for it in templates())
    assert set(re.findall(r"own\['([^']+)'\]", text)) == set(ROLES["own"])


def test_every_role_of_the_app_is_in_the_reference_and_no_other():
    table = SETTINGS.split("## What the app's identity needs")[1]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)[2:]
    listed = {re.sub(r",.*| \(.*", "", role) for role, _ in rows if not role.startswith("`")}
    assert listed == set(ROLES["own"])


def test_roles_that_sluice_grants_are_those_of_the_condition_and_of_the_how_to():
    table = dict(re.findall(r"^\| ([^|]+?) \| `([0-9a-f-]{36})` \|", RIGHTS, re.MULTILINE))
    assert table == {it["name"]: it["id"] for it in ROLES["granted"]}
    shell = re.findall(r"^ROLES='([^']+)'$", RIGHTS, re.MULTILINE)
    assert shell == [", ".join(it["id"] for it in ROLES["granted"])]
    assert {(it.name, it.id) for it in own_rights.GRANTED} == {
        (it["name"], it["id"]) for it in ROLES["granted"]
    }


def test_the_local_stack_gives_the_app_the_same_roles_on_what_it_has():
    """So each call of each end-to-end test shows that these roles suffice."""
    local: dict[str, set[str]] = {}
    for scope, role, (principal, _) in INITIAL:
        if principal == cloud.APP_PRINCIPAL:
            local.setdefault(scope, set()).add(role.name)
    drops = next(
        it.body["params"] for it in read(INFRA / "main.bicep").modules if it.name == "drops"
    )
    assert local == {
        cloud.WORKSPACE_ID: _roles_in("workspaceRights"),
        cloud.WORKSPACE_ACCOUNT_ID: _roles_in("storageRights"),
        cloud.REGISTRY_ID: _roles_in("registryRights"),
        cloud.INSIGHTS_ID: _roles_in("insightsRights"),
        cloud.USER_IDENTITY_ID: _roles_in("identityRights"),
        cloud.DROP_ACCOUNT_ID: set(re.findall(r"\['([^']+)'\]", str(drops["roles"])))
        - {"Storage Queue Data Contributor"},  # the stack's queues are reached by key
        f"/subscriptions/{cloud.SUBSCRIPTION}": {definitions.REGION_READER.name},
    }


def _roles_in(module: str) -> set[str]:
    text = (INFRA / "modules" / f"{module}.bicep").read_text(encoding="utf-8")
    return set(re.findall(r"own\['([^']+)'\]", text))


def test_roles_that_open_everything_are_never_assigned():
    everything = {
        "Owner",
        "Contributor",
        "User Access Administrator",
        "Storage Account Contributor",
    }
    assert set(ROLES["own"]) & everything == set()


def test_the_right_to_grant_has_the_condition_at_each_scope():
    administrators = [
        (template, one)
        for template, one in _assignments()
        if ADMINISTRATOR in str(one.body["properties"]["roleDefinitionId"])
    ]
    assert {template.path.stem for template, _ in administrators} == {
        "workspaceRights",
        "storageRights",
        "registryRights",
    }
    for _, one in administrators:
        assert one.body["properties"]["conditionVersion"] == "2.0"
        assert "condition" in one.body["properties"]["condition"]


def test_doctor_looks_for_every_role_of_the_app():
    looked = {DATA_SCIENTIST, STORAGE_BLOB_DATA_CONTRIBUTOR}
    looked |= {it for room in (own_rights, probes) for it in vars(room).values() if _is_own(it)}
    known = {(it.name, it.id) for it in looked}
    # To send telemetry needs a write, so that one cannot be looked for.
    assert set(ROLES["own"].items()) - known == {
        ("Monitoring Metrics Publisher", ROLES["own"]["Monitoring Metrics Publisher"])
    }
    assert known <= set(ROLES["own"].items())


def _is_own(it: object) -> bool:
    return isinstance(it, Role) and it not in set(own_rights.GRANTED)


def test_the_condition_in_the_commands_of_doctor_is_that_of_the_how_to():
    shell = re.search(r'echo "(\(\(.+\)\))"', RIGHTS)
    ids = re.findall(r"^ROLES='([^']+)'$", RIGHTS, re.MULTILINE)
    assert shell is not None
    text = shell[1].replace("$ROLES", ids[0])
    sides = (("write", "Request"), ("delete", "Resource"))
    only = [text.replace("$1", act).replace("@$2", f"@{side}") for act, side in sides]
    assert own_rights.grant_condition() == " AND ".join(only)


def test_the_condition_is_that_of_the_how_to():
    condition = read(INFRA / "modules" / "condition.bicep").variables
    template = str(condition["template"]).strip("'")
    shell = re.search(r'echo "(\(\(.+\)\))"', RIGHTS)
    assert shell is not None
    in_bicep = template.replace("ACT", "$1").replace("@SIDE", "@$2").replace("ROLES", "$ROLES")
    assert in_bicep + ("'" if not in_bicep.endswith(")") else "") == shell[1]
    assert "'write'), 'SIDE', 'Request'" in str(condition["writes"])
    assert "'delete'), 'SIDE', 'Resource'" in str(condition["deletes"])


def test_every_assignment_is_to_the_app_the_topic_or_a_developer():
    principals = {str(one.body["properties"]["principalId"]) for _, one in _assignments()}
    assert principals == {"principalId", "topic.identity.principalId", "developer.id"}
