from typing import Any

import pytest

from shared.domain.errors import Rejected
from shared.domain.kinds.prompt_flow import ConnectionUse, Flow, FlowInput, FlowOutput
from shared.domain.manifest import Manifest, flow_findings, merged

BASE = Manifest.model_validate(
    {
        "endpoint": {"name": "chat", "tags": {"a": "1"}, "identity": {"type": "system_assigned"}},
        "deployment": {"instance_count": 3, "environment": "azureml:mine:1"},
        "smoke_test": {"input": {"question": "a", "more": "b"}},
    }
)


def refused(overrides: dict[str, Any]) -> list[str]:
    with pytest.raises(Rejected) as rejected:
        merged(BASE, overrides)
    return [str(each) for each in rejected.value.findings]


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_overrides_change_nothing(nothing: dict[str, Any] | None) -> None:
    assert merged(BASE, nothing) == BASE


def test_overrides_replace_fields_of_the_manifest() -> None:
    made = merged(BASE, {"endpoint": {"tags": {"b": 2}}, "deployment": {"instance_count": 5}})
    assert made.endpoint.name == "chat"
    assert made.endpoint.tags == {"a": "1", "b": "2"}
    assert made.deployment.instance_count == 5
    assert BASE.deployment.instance_count == 3


def test_unset_fields_stay_unset() -> None:
    made = merged(BASE, {"retain": 3})
    assert made.deployment.model_fields_set == {"instance_count", "environment"}
    assert "access" not in made.model_fields_set


def test_null_removes_a_value() -> None:
    made = merged(BASE, {"endpoint": {"name": None, "tags": {"a": None}}, "deployment": None})
    assert made.endpoint.name is None
    assert made.endpoint.tags == {}
    assert made.deployment.instance_count is None


def test_an_identity_and_a_sample_are_replaced_as_a_whole() -> None:
    resource = (
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
        "/userAssignedIdentities/me"
    )
    identity = {"type": "user_assigned", "user_assigned_identities": [{"resource_id": resource}]}
    made = merged(
        BASE, {"endpoint": {"identity": identity}, "smoke_test": {"input": {"question": None}}}
    )
    back = merged(made, {"endpoint": {"identity": {"type": "system_assigned"}}})
    assert back.endpoint.identity is not None
    assert back.endpoint.identity.user_assigned_identities is None
    assert made.smoke_test.input == {"question": None}


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"endpoint": {"nam": "x"}}, "manifest.endpoint.nam: unknown field"),
        ({"endpoint": {"name": "a_b"}}, "manifest.endpoint.name: "),
        ({"deployment": {"instance_count": "x"}}, "manifest.deployment.instance_count: "),
        ({"rollout": {"stages": [10]}}, "manifest.rollout.stages: unknown field"),
        ({"endpoint": {"traffic": {"blue": 100}}}, "manifest.endpoint.traffic: 'traffic' has no"),
        ({"deployment": {"endpoint_name": "x"}}, "manifest.deployment.endpoint_name: a request"),
        ({"endpoint": {"identity": {"type": "user_assigned"}}}, "manifest.endpoint.identity: "),
        ({"endpoint": []}, "manifest.endpoint: "),
    ],
)
def test_faults_in_a_request_are_reported_by_path(overrides: dict[str, Any], told: str) -> None:
    assert refused(overrides)[0].startswith(told)


def test_all_faults_are_reported_at_once() -> None:
    assert len(refused({"a": 1, "endpoint": {"b": 2}, "rollout": 3, "retain": -1})) == 4


def test_overrides_are_checked_against_the_flow() -> None:
    flow = Flow(
        "dag",
        "flow.dag.yaml",
        inputs=(FlowInput(name="question", type="string"),),
        outputs=(FlowOutput(name="answer", type="string"),),
        connections=(ConnectionUse("aoai", "flow.dag.yaml", 3, "node 'a'"),),
    )
    good = merged(Manifest(), {"flow": {"outputs": ["answer"], "connections": {"aoai": "b"}}})
    assert list(flow_findings(good, flow)) == []
    bad = merged(Manifest(), {"flow": {"outputs": ["x"], "connections": {"y": "b"}}})
    assert [str(each).split(" ")[0] for each in flow_findings(bad, flow)] == [
        "manifest.flow.outputs.0:",
        "manifest.flow.connections.y:",
    ]
