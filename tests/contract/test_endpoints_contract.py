from dataclasses import replace
from pathlib import Path

import pytest

from shared.domain.azure.endpoint import EndpointSpec, Identity
from shared.domain.failure import Conflict, Refused
from shared.domain.manifest.connection_variable import ConnectionShape
from tests.contract.azure_sides import USER, Cloud


def test_the_workspace_names_its_own_resources(there: Cloud) -> None:
    facts = there.workspace.facts()
    assert facts.id.endswith("/workspaces/sluice-ws")
    assert facts.location == "westeurope"
    assert "/storageAccounts/" in facts.storage_account_id
    assert "/registries/" in str(facts.container_registry_id)


def test_the_workspaces_connections_are_named(there: Cloud) -> None:
    assert "open_ai_connection" in there.workspace.connections()
    assert there.workspace.connection_shapes()["open_ai_connection"] == ConnectionShape("OpenAI")


def test_a_user_assigned_identity_is_found_by_its_id(there: Cloud) -> None:
    assert there.workspace.user_identity(str(USER.resource_id)) == USER


def test_missing_resources_are_none_or_empty(there: Cloud) -> None:
    assert there.workspace.endpoint("absent") is None
    assert there.workspace.deployments("absent") == ()
    assert there.workspace.delete_deployment("absent", "blue") is None
    assert there.workspace.deployment_log("absent", "blue") == ""
    assert not there.workspace.has_model("absent", "1")
    assert not there.workspace.has_environment("absent", "1")


def test_a_new_endpoint_has_an_identity_an_address_and_no_traffic(there: Cloud) -> None:
    name = there.make_endpoint()
    state = there.workspace.endpoint(name)
    assert state is not None
    assert (state.name, state.provisioning_state, state.busy) == (name, "Succeeded", False)
    assert state.identity.kind == "SystemAssigned"
    assert state.identity.principal_id
    assert state.scoring_uri == f"https://{name}.westeurope.inference.ml.azure.com/score"
    assert state.traffic == {}
    assert state.id.endswith(f"/onlineEndpoints/{name}")
    assert there.workspace.credential(name, state.auth_mode)


def test_an_endpoint_may_run_as_an_identity_that_exists(there: Cloud) -> None:
    name = there.make_endpoint()
    spec = EndpointSpec(f"{name}-u", identity=Identity("UserAssigned", USER.resource_id))
    there.ended(there.workspace.put_endpoint(spec))
    state = there.workspace.endpoint(f"{name}-u")
    assert state is not None
    assert state.identity == USER


def test_a_second_put_keeps_traffic_tags_and_properties(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow"))
    there.ended(there.workspace.set_traffic(name, {"blue": 100}))
    first = EndpointSpec(name, tags={"a": "1"}, properties={"p": "1"})
    there.ended(there.workspace.put_endpoint(first))
    second = EndpointSpec(name, tags={"b": "2"}, properties={"q": "2"})
    there.ended(there.workspace.put_endpoint(second))
    state = there.workspace.endpoint(name)
    assert state is not None
    assert state.traffic == {"blue": 100}
    assert state.tags == {"a": "1", "b": "2"}
    assert (state.properties["p"], state.properties["q"]) == ("1", "2")


@pytest.mark.parametrize("name", ["1a", "ab", "a--b", "a" * 33, "a_b"])
def test_a_name_that_azure_would_refuse_is_refused(there: Cloud, name: str) -> None:
    with pytest.raises(Refused):
        there.workspace.put_endpoint(EndpointSpec(name))


def test_identity_and_properties_of_an_endpoint_cannot_change(there: Cloud) -> None:
    name = there.make_endpoint()
    there.ended(there.workspace.put_endpoint(EndpointSpec(name, properties={"p": "1"})))
    with pytest.raises(Refused):
        there.workspace.put_endpoint(EndpointSpec(name, identity=USER))
    with pytest.raises(Refused):
        there.workspace.put_endpoint(EndpointSpec(name, properties={"p": "2"}))


def test_one_operation_at_a_time_runs_on_an_endpoint(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    spec = there.spec(tmp_path / "flow")
    there.stall()
    there.workspace.put_deployment(name, spec)
    assert there.workspace.deployments(name)[0].busy
    with pytest.raises(Conflict):
        there.workspace.put_deployment(name, spec)
    with pytest.raises(Conflict):
        there.workspace.set_traffic(name, {"blue": 100})
    with pytest.raises(Conflict):
        there.workspace.put_endpoint(EndpointSpec(name))


def test_traffic_does_not_move_while_an_operation_runs_on_its_endpoint(
    there: Cloud, tmp_path: Path
) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow"))
    there.stall()
    there.workspace.put_endpoint(EndpointSpec(name))
    with pytest.raises(Conflict):
        there.workspace.set_traffic(name, {"blue": 100})


def test_the_status_url_of_a_busy_resource_lacks_the_signature(
    there: Cloud, tmp_path: Path
) -> None:
    name = there.make_endpoint()
    begun = there.workspace.put_deployment(name, there.spec(tmp_path / "flow"))
    [state] = there.workspace.deployments(name)
    assert begun is not None
    assert state.operation_url is not None
    assert begun != state.operation_url
    assert begun.startswith(state.operation_url)
    assert there.workspace.operation(state.operation_url).status == "unknown"
    assert there.ended(begun).status == "succeeded"
    assert there.workspace.operation(begun).status == "succeeded"


@pytest.mark.parametrize(
    "url",
    [
        "https://management.azure.com/operations/none?api-version=1",
        "https://management.azure.com.example.org/operations/1?api-version=1",
    ],
)
def test_an_operation_whose_url_is_refused_is_unknown(there: Cloud, url: str) -> None:
    assert there.workspace.operation(url).status == "unknown"


def test_a_deployment_shows_the_requested_settings(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    spec = there.spec(tmp_path / "flow")
    there.deploy(name, spec)
    [state] = there.workspace.deployments(name)
    assert (state.name, state.provisioning_state) == ("blue", "Succeeded")
    assert (state.model, state.environment) == (spec.model, spec.environment)
    assert (state.instance_type, state.instance_count) == ("Standard_DS3_v2", 1)
    assert state.tags == {"digest": "d"}
    assert state.created_at


def test_an_instance_count_set_by_others_is_kept(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow", count=3))
    there.deploy(name, there.spec(tmp_path / "flow", count=None))
    [state] = there.workspace.deployments(name)
    assert state.instance_count == 3


def test_a_deployment_without_its_endpoint_or_its_model_is_refused(
    there: Cloud, tmp_path: Path
) -> None:
    spec = there.spec(tmp_path / "flow")
    with pytest.raises(Refused):
        there.workspace.put_deployment("absent", spec)
    name = there.make_endpoint()
    with pytest.raises(Refused):
        there.workspace.put_deployment(name, replace(spec, model=spec.model.replace("spec", "no")))


def test_a_failed_deployment_reports_the_reason(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    spec = there.spec(tmp_path / "flow")
    there.fail_next_deployment("OutOfQuota", "There are not enough cores.")
    failed = there.ended(there.workspace.put_deployment(name, spec))
    assert (failed.status, failed.code) == ("failed", "OutOfQuota")
    assert failed.message == "There are not enough cores."
    [state] = there.workspace.deployments(name)
    assert (state.provisioning_state, state.busy) == ("Failed", False)
    there.deploy(name, spec)


def test_an_endpoint_is_deleted_with_its_deployments_and_may_be_deleted_twice(
    there: Cloud,
) -> None:
    name = there.make_endpoint()
    assert name in [state.name for state in there.workspace.endpoints()]
    assert there.ended(there.workspace.delete_endpoint(name)).status == "succeeded"
    assert there.workspace.endpoint(name) is None
    assert name not in [state.name for state in there.workspace.endpoints()]
    assert there.workspace.delete_endpoint(name) is None
