"""The number of ARM calls of each operation, and its behaviour when ARM fails."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from local import cloud
from local.azure_ml.definitions import ROLES
from local.azure_ml.testing import Facts
from shared.adapters.arm import Arm
from shared.adapters.brief_retry import ATTEMPTS
from shared.adapters.credential import AppCredential
from shared.adapters.workspace import ML
from shared.domain.access.roles import CONNECTION_SECRETS_READER
from shared.domain.azure.endpoint import EndpointSpec
from shared.domain.failure import Conflict, Denied, Refused, Unavailable
from tests.contract.azure_sides import USER, Cloud

ARM = "management.azure.com"
UNAVAILABLE = {"error": {"code": "ServiceUnavailable", "message": "Busy."}}
type Break = Callable[..., None]


@pytest.fixture
def breaks(facts: Facts) -> Iterator[Break]:
    """Adds a fault rule to ARM."""

    def add(**rule: Any) -> None:
        answer = requests.post(f"{facts.admin_url}/faults", json={"host": ARM, **rule}, timeout=60)
        answer.raise_for_status()

    yield add
    requests.delete(f"{facts.admin_url}/faults", timeout=60)


def calls(facts: Facts, work: Callable[[], object]) -> str:
    """Return the methods of the ARM calls that the work made, in order."""
    requests.delete(f"{facts.admin_url}/calls", timeout=60)
    work()
    seen = requests.get(f"{facts.admin_url}/calls", timeout=60).json()
    return " ".join(call["method"] for call in seen if call["host"].startswith(ARM))


def test_each_operation_takes_the_fewest_calls_to_arm(
    facts: Facts, adapters: Cloud, tmp_path: Path
) -> None:
    there, name = adapters.workspace, adapters.make_endpoint()
    spec = adapters.spec(tmp_path / "flow")
    scope = there.facts().id

    def took(work: Callable[[], object]) -> str:
        return calls(facts, work)

    def written(begin: Callable[[], str | None]) -> str:
        begun: list[str | None] = []
        seen = took(lambda: begun.append(begin()))
        adapters.ended(begun[0])
        return seen

    assert took(there.facts) == ""
    assert took(there.connections) == "GET"
    assert took(lambda: there.endpoint(name)) == "GET"
    assert took(lambda: there.deployments(name)) == "GET"
    assert written(lambda: there.put_endpoint(EndpointSpec(name))) == "GET PUT"
    assert written(lambda: there.put_endpoint(EndpointSpec(f"{name}-n"), new=True)) == "PUT"
    assert written(lambda: there.put_deployment(name, spec)) == "PUT"
    assert written(lambda: there.set_traffic(name, {"blue": 100})) == "GET PUT"
    assert written(lambda: there.set_traffic(name, {})) == "GET PUT"
    assert written(lambda: there.delete_deployment(name, "blue")) == "DELETE"
    assert took(lambda: there.credential(name, "Key")) == "POST"
    assert took(lambda: there.has_model("spec", "1")) == "GET"
    principal = "5a1d0c9e-0000-4000-8000-0000000000e1"
    assert took(lambda: adapters.roles.assignments(scope, principal)) == "GET"
    role = CONNECTION_SECRETS_READER.id
    assert took(lambda: adapters.roles.assign(scope, role, principal)) == "PUT"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_short_failure_is_retried(adapters: Cloud, breaks: Break, status: int) -> None:
    breaks(method="GET", path="onlineEndpoints", status=status, body=UNAVAILABLE, times=2)
    assert adapters.workspace.endpoint("absent") is None


def test_a_dropped_connection_is_tried_again(adapters: Cloud, breaks: Break) -> None:
    breaks(method="GET", path="onlineEndpoints", drop=True)
    assert adapters.workspace.endpoint("absent") is None


def test_a_long_failure_is_unavailable_with_azures_own_words(
    facts: Facts, adapters: Cloud, breaks: Break
) -> None:
    def fail() -> None:
        with pytest.raises(Unavailable) as raised:
            adapters.workspace.endpoint("absent")
        failures.append(raised.value)

    failures: list[Unavailable] = []
    breaks(path="onlineEndpoints", status=503, body=UNAVAILABLE, times=-1)
    tries = calls(facts, fail)
    (failure,) = failures
    assert (failure.code, failure.status) == ("ServiceUnavailable", 503)
    assert failure.message == "Busy."
    assert 1 < len(tries.split()) <= ATTEMPTS


def test_a_long_pause_is_left_to_the_caller(facts: Facts, adapters: Cloud, breaks: Break) -> None:
    def fail() -> None:
        with pytest.raises(Unavailable) as failure:
            adapters.workspace.endpoint("absent")
        assert failure.value.retry_after == 30

    breaks(path="onlineEndpoints", status=429, headers={"Retry-After": "30"}, times=-1)
    assert calls(facts, fail) == "GET", "it waited itself, and tried again"


def test_a_write_with_a_lost_answer_is_a_conflict_while_it_runs(
    adapters: Cloud, breaks: Break
) -> None:
    name = adapters.make_endpoint()
    adapters.stall()
    breaks(method="PUT", path=f"onlineEndpoints/{name}$", drop=True, when="after")
    with pytest.raises(Conflict):
        adapters.workspace.put_endpoint(EndpointSpec(name, tags={"a": "1"}))
    adapters.mend()
    state = adapters.workspace.endpoint(name)
    assert state is not None
    assert (state.busy, state.tags) == (True, {"a": "1"})
    assert state.operation_url is not None
    assert adapters.workspace.operation(state.operation_url).status == "unknown"


def test_a_grant_with_a_lost_answer_is_made_once(adapters: Cloud, breaks: Break) -> None:
    scope, principal = adapters.workspace.facts().id, "5a1d0c9e-0000-4000-8000-0000000000e2"
    breaks(method="PUT", path="roleAssignments", status=503, when="after")
    adapters.roles.assign(scope, CONNECTION_SECRETS_READER.id, principal)
    assert len(adapters.roles.assignments(scope, principal)) == 1


def test_an_existing_grant_under_another_name_counts(adapters: Cloud, facts: Facts) -> None:
    scope, principal = adapters.workspace.facts().id, "5a1d0c9e-0000-4000-8000-0000000000e3"
    role = CONNECTION_SECRETS_READER.id
    other = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}"
    definition = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    inner = {"roleDefinitionId": definition, "principalId": principal}
    body = {"properties": {**inner, "principalType": "ServicePrincipal"}}
    Arm(AppCredential()).call("PUT", other, "2022-04-01", body)
    given = adapters.roles.assign(scope, role, principal)
    assert given.id.endswith(principal)


def test_all_pages_of_a_list_are_read(adapters: Cloud) -> None:
    scope, principal = adapters.workspace.facts().id, "5a1d0c9e-0000-4000-8000-0000000000e4"
    roles = {one.guid for one in ROLES[:7]}
    for role in roles:
        adapters.roles.assign(scope, role, principal)
    held = adapters.roles.assignments(scope, principal)
    assert sorted(one.role_id for one in held) == sorted(roles)
    assert adapters.workspace.usage("standardNCSv3Family") is not None, "it is on the last page"


@pytest.fixture
def limited(facts: Facts) -> Iterator[None]:
    """ARM counts the calls of each identity, and refuses those over its limits."""

    def limit(*, on: bool) -> None:
        place = f"{facts.admin_url}/settings"
        requests.post(place, json={"request_limits": on}, timeout=60).raise_for_status()

    limit(on=True)
    yield
    limit(on=False)


def _delete_many(arm: Arm, count: int) -> None:
    """Delete what is not there, from many threads; a call that must come again does."""
    path = f"{cloud.WORKSPACE_ID}/onlineEndpoints/never-{{}}"

    def delete(number: int) -> None:
        while True:
            try:
                arm.call("DELETE", path.format(number), ML)
            except Unavailable as failure:
                time.sleep(failure.retry_after or 0.1)
            else:
                return

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(delete, range(count)))


def _refused(facts: Facts) -> int:
    seen = requests.get(f"{facts.admin_url}/calls", timeout=60).json()
    return sum(call["status"] == 429 for call in seen)


@pytest.mark.usefixtures("limited")
def test_a_burst_is_paced_before_arm_refuses_it(facts: Facts) -> None:
    requests.delete(f"{facts.admin_url}/calls", timeout=60)
    _delete_many(Arm(AppCredential()), 260)
    assert _refused(facts) == 0


def test_a_missing_right_is_denied_with_the_action(adapters: Cloud, breaks: Break) -> None:
    error = {"code": "AuthorizationFailed", "message": "may not perform action 'x/write'"}
    breaks(path="onlineEndpoints", status=403, body={"error": error})
    with pytest.raises(Denied) as denied:
        adapters.workspace.endpoint("absent")
    assert "x/write" in denied.value.message


def test_an_identity_on_which_the_app_has_no_role_is_denied_whether_it_exists_or_not(
    adapters: Cloud,
) -> None:
    with pytest.raises(Denied) as denied:
        adapters.workspace.user_identity(f"{USER.resource_id}-not")
    assert "Microsoft.ManagedIdentity/userAssignedIdentities/read" in denied.value.message


def test_the_reason_inside_a_refusal_is_reported(adapters: Cloud) -> None:
    name = adapters.make_endpoint()
    with pytest.raises(Refused) as refused:
        adapters.workspace.set_traffic(name, {"none": 100})
    assert refused.value.code == "BadRequest"
    assert "Deployment 'none' in the traffic does not exist." in refused.value.message


def test_the_token_is_sent_only_to_arm(facts: Facts) -> None:
    arm = Arm(AppCredential())
    for url in ("https://example.org/x", "https://management.azure.com.example.org/x"):
        with pytest.raises(Refused, match="ForeignUrl"):
            arm.follow(url)


def test_an_unreachable_address_is_unavailable(adapters: Cloud) -> None:
    with pytest.raises(Unavailable):
        adapters.scoring.score(
            "https://nowhere.example.org/score", "key", {}, deployment=None, timeout=2
        )


@pytest.mark.parametrize(
    ("mode", "status", "abac"),
    [
        ("AbacRepositoryPermissions", 200, True),
        ("LegacyRegistryPermissions", 200, False),
        ("AbacRepositoryPermissions", 403, False),
    ],
)
def test_a_registry_in_abac_mode_is_recognised_if_it_can_be_read(
    adapters: Cloud, breaks: Break, mode: str, status: int, abac: bool
) -> None:
    body = {"properties": {"roleAssignmentMode": mode}}
    breaks(method="GET", path="/registries/", status=status, body=body)
    assert adapters.workspace.registry_in_abac_mode() is abac


@pytest.mark.parametrize("shape", ["head", "none", "text", "code"])
def test_a_failed_operations_code_is_found_wherever_azure_puts_it(
    facts: Facts, adapters: Cloud, shape: str
) -> None:
    settings = f"{facts.admin_url}/settings"
    requests.post(settings, json={"operation_errors": shape}, timeout=60)
    error = {"code": "OutOfQuota", "message": "Not enough quota available for Standard_DS3_v2"}
    rule = {"operation": "endpoint", "error": error}
    requests.post(f"{facts.admin_url}/faults", json=rule, timeout=60)

    name = f"shape-{shape}"
    failed = adapters.ended(adapters.workspace.put_endpoint(EndpointSpec(name), new=True))

    requests.post(settings, json={"operation_errors": "head"}, timeout=60)
    assert (failed.status, failed.code) == ("failed", "OutOfQuota")
    assert failed.message == error["message"]


def test_a_wrapped_refusal_is_reported_as_what_it_is(
    facts: Facts, adapters: Cloud, tmp_path: Path
) -> None:
    name, spec = adapters.make_endpoint(), adapters.spec(tmp_path / "flow")
    requests.post(
        f"{facts.admin_url}/settings", json={"quota": {"standardDSv2Family": 1}}, timeout=60
    )

    with pytest.raises(Refused) as refused:
        adapters.workspace.put_deployment(name, spec)

    requests.post(
        f"{facts.admin_url}/settings", json={"quota": {"standardDSv2Family": -1}}, timeout=60
    )
    assert (refused.value.status, refused.value.code) == (400, "OutOfQuota")
    assert refused.value.message.startswith("Not enough quota available for Standard_DS3_v2")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": "BadArgument", "message": "no"}, "BadArgument", "no"),
        ({"errors": {"": ["no image build"]}, "title": "t"}, "ImageBuildFailure", "no image build"),
        ({"error": {"code": None, "message": "(None) OutOfQuota: no"}}, "OutOfQuota", "no"),
        ({"title": "Not Found", "status": 400}, "Bad Request", "Not Found"),
    ],
)
def test_an_error_of_another_shape_is_read_too(
    adapters: Cloud, breaks: Break, body: Any, code: str, message: str
) -> None:
    breaks(path="/onlineEndpoints/none$", status=400, body=body)

    with pytest.raises(Refused) as refused:
        adapters.workspace.endpoint("none")

    assert (refused.value.code, refused.value.message) == (code, message)
