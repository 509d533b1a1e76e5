from pathlib import Path

import pytest

from shared.domain.azure.endpoint import EndpointSpec
from shared.domain.failure import Refused
from tests.contract.azure_sides import Cloud


def test_changing_the_traffic_changes_nothing_else(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    there.ended(there.workspace.put_endpoint(EndpointSpec(name, tags={"a": "1"})))
    for deployment in ("blue", "green"):
        there.deploy(name, there.spec(tmp_path / "flow", deployment))
    there.ended(there.workspace.set_traffic(name, {"blue": 90, "green": 10}))
    before = there.workspace.endpoint(name)
    there.ended(there.workspace.set_traffic(name, {"green": 100}))
    after = there.workspace.endpoint(name)
    assert before is not None
    assert after is not None
    assert before.traffic == {"blue": 90, "green": 10}
    assert {to: share for to, share in after.traffic.items() if share} == {"green": 100}
    assert after.tags == {"a": "1"}
    assert after.identity == before.identity


def test_traffic_goes_only_to_existing_deployments_and_adds_up(
    there: Cloud, tmp_path: Path
) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow"))
    with pytest.raises(Refused):
        there.workspace.set_traffic(name, {"none": 100})
    with pytest.raises(Refused):
        there.workspace.set_traffic(name, {"blue": 99})
    with pytest.raises(Refused):
        there.workspace.set_traffic("absent", {})


def test_traffic_that_seems_to_be_set_is_written_again(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow"))
    for _ in range(2):
        written = there.workspace.set_traffic(name, {"blue": 100})
        assert written is not None
        assert there.ended(written).status == "succeeded"


def test_mirrored_traffic_goes_to_one_idle_deployment_and_ends_with_its_live_traffic(
    there: Cloud, tmp_path: Path
) -> None:
    name = there.make_endpoint()
    for deployment in ("blue", "green"):
        there.deploy(name, there.spec(tmp_path / "flow", deployment))
    there.ended(there.workspace.set_traffic(name, {"blue": 100}))

    def mirrored() -> dict[str, int]:
        state = there.workspace.endpoint(name)
        assert state is not None
        return {to: share for to, share in state.mirror_traffic.items() if share}

    for mirror in ({"green": 51}, {"none": 10}):
        with pytest.raises(Refused):
            there.workspace.set_traffic(name, {"blue": 100}, mirror=mirror)
    there.ended(there.workspace.set_traffic(name, {"blue": 100}, mirror={"green": 20}))
    assert mirrored() == {"green": 20}
    there.ended(there.workspace.set_traffic(name, {"blue": 90, "green": 10}))
    assert mirrored() == {}
    there.ended(there.workspace.set_traffic(name, {"blue": 100}, mirror={"green": 20}))
    there.ended(there.workspace.set_traffic(name, {"blue": 100}, mirror={}))
    assert mirrored() == {}


def test_a_deployment_with_traffic_cannot_be_deleted(there: Cloud, tmp_path: Path) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow"))
    there.ended(there.workspace.set_traffic(name, {"blue": 100}))
    with pytest.raises(Refused):
        there.workspace.delete_deployment(name, "blue")
    there.ended(there.workspace.set_traffic(name, {}))
    assert there.ended(there.workspace.delete_deployment(name, "blue")).status == "succeeded"
    assert there.workspace.deployments(name) == ()
    assert there.workspace.delete_deployment(name, "blue") is None


def test_scoring_follows_the_traffic_or_reaches_one_deployment(
    there: Cloud, tmp_path: Path
) -> None:
    name = there.make_endpoint()
    there.deploy(name, there.spec(tmp_path / "flow"))
    state = there.workspace.endpoint(name)
    assert state is not None
    key = there.workspace.credential(name, "Key")

    def score(credential: str = key, deployment: str | None = None) -> int:
        return there.scoring.score(
            state.scoring_uri, credential, {"question": "?"}, deployment=deployment, timeout=60
        ).status

    assert score() == 404
    assert score(deployment="blue") == 200
    assert score(deployment="none") == 404
    assert score("wrong") == 401
    there.ended(there.workspace.set_traffic(name, {"blue": 100}))
    assert score() == 200
