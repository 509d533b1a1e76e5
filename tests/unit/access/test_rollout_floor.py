"""What a policy demands of rollouts, and what a manifest may ask for."""

from typing import Any

import pytest

from shared.domain.access.policy import Placement, rollout_floor
from shared.domain.access.policy_rule import parse_policy
from shared.domain.manifest import Manifest
from shared.domain.release.desired_rollout import floor_objections, make_rollout
from shared.domain.rollout.strategy import Floor, Rollout, Stage
from tests.fakes.world import make_world, package

PLACE = Placement("a/faq.zip", "faq", "ws")
FLOOR = Floor(10, 600)


def manifest(**rollout: Any) -> Manifest:
    return Manifest.model_validate({"rollout": rollout})


def test_without_a_floor_and_without_a_wish_all_traffic_moves_at_once():
    assert make_rollout(Manifest()) == Rollout()
    assert not make_rollout(Manifest()).staged


def test_a_strategy_has_its_default_stages():
    assert make_rollout(manifest(strategy="canary")).stages == (Stage(10, 900),)
    assert [it.percent for it in make_rollout(manifest(strategy="linear")).stages] == [
        20,
        40,
        60,
        80,
    ]
    assert [it.percent for it in make_rollout(manifest(strategy="linear", step=40)).stages] == [
        40,
        80,
    ]


def test_who_asks_for_nothing_gets_the_floor():
    assert make_rollout(Manifest(), FLOOR).stages == (Stage(10, 600),)
    assert list(floor_objections(Manifest(), FLOOR)) == []


def test_more_than_the_floor_is_allowed():
    for asked in (
        manifest(strategy="canary", percent=5, bake="PT1H"),
        manifest(strategy="linear", step=10, interval="PT10M"),
        manifest(strategy="canary", percent=10, bake="PT10M", mirror={}),
        manifest(gates={"error_percent": 1}),
    ):
        assert list(floor_objections(asked, FLOOR)) == []


@pytest.mark.parametrize(
    ("rollout", "told"),
    [
        ({"strategy": "all_at_once"}, "it moves all traffic at once"),
        ({"strategy": "canary", "percent": 11, "bake": "PT10M"}, "a stage adds 11 per cent"),
        ({"strategy": "linear", "step": 20, "interval": "PT10M"}, "a stage adds 20 per cent"),
        ({"strategy": "canary", "percent": 5, "bake": "PT9M"}, "watched for less than 600 s"),
        ({"gates": {"error_percent": 50}}, "gates.error_percent is looser"),
        ({"gates": {"latency_factor": 9}}, "gates.latency_factor is looser"),
    ],
)
def test_less_than_the_floor_is_refused(rollout: dict[str, Any], told: str):
    found = list(floor_objections(manifest(**rollout), FLOOR))

    assert any(told in it for it in found), found


def test_a_fixed_name_would_go_round_the_floor():
    fixed = Manifest.model_validate({"deployment": {"name": "blue"}})

    assert any("fixed name" in it for it in floor_objections(fixed, FLOOR))
    assert list(floor_objections(fixed, None)) == []


def test_the_strictest_of_all_rules_for_an_endpoint_counts():
    policy = parse_policy(
        """[{"prefix": "", "endpoints": ["*"]},
            {"prefix": "a/", "endpoints": ["faq"], "rollout": {"percent": 20, "bake": "PT30M"}},
            {"prefix": "", "endpoints": ["f*"], "rollout": {"percent": 5, "error_percent": 1}},
            {"prefix": "b/", "endpoints": ["*"], "rollout": {"percent": 1}}]"""
    )

    floor = rollout_floor(policy, PLACE)

    assert floor is not None
    assert (floor.percent, floor.bake, floor.gates.errors) == (5, 1800, 0.01)
    assert rollout_floor(policy, Placement("c/x.zip", "other", "ws")) is None


def test_a_floor_that_makes_no_sense_is_named():
    with pytest.raises(ValueError, match="rule 1, rollout, bake"):
        parse_policy('[{"prefix": "", "endpoints": ["*"], "rollout": {"bake": "soon"}}]')


def test_a_job_that_asks_for_less_is_rejected_and_one_that_asks_for_nothing_is_staged():
    rules = '[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "rollout": {"percent": 10}}]'
    world = make_world(policy=parse_policy(rules))
    less = "rollout: {strategy: all_at_once}\n"

    result = world.deploy(content=package(deploy__yaml=less))

    assert result["outcome"] == "rejected"
    [finding] = result["findings"]
    assert "it moves all traffic at once" in finding["cause"]
    assert "rollout" in finding["remedy"]
    world.deploy()
    world.metrics.busy = world.workspace
    assert len(world.deploy(content=package("# new\n"))["verdicts"]) == 1
