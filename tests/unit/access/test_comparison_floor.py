"""What a policy demands of comparisons, and what a manifest may ask for."""

import json
from typing import Any

import pytest

from shared.domain.access.policy import Placement, comparison_floor
from shared.domain.access.policy_rule import parse_policy
from shared.domain.comparison.settings import Allowances, Comparison, ComparisonFloor
from shared.domain.manifest import Manifest
from shared.domain.release.desired_comparison import comparison_objections, make_comparison
from tests.fakes.world import make_world, package

FLOOR = ComparisonFloor(equal_percent=90, similar_percent=80, tolerance=0.01)


def manifest(**comparison: Any) -> Manifest:
    return Manifest.model_validate({"comparison": comparison})


def test_without_a_floor_and_without_a_wish_the_kinds_decide():
    made = make_comparison(Manifest())

    assert made == Comparison()
    assert made.gates(other_kind=False) == ()
    assert made.gates(other_kind=True) == ("contract", "parity")
    assert make_comparison(manifest(contract=False)).gates(other_kind=True) == ("parity",)
    assert make_comparison(manifest(parity=True)).gates(other_kind=False) == ("parity",)


def test_who_asks_for_nothing_gets_the_floor():
    made = make_comparison(Manifest(), (), FLOOR)

    assert made.demanded == ("contract", "parity")
    assert (made.equal_percent, made.allowances) == (90, Allowances(0.01, 80))
    assert list(comparison_objections(Manifest(), FLOOR)) == []


def test_more_than_the_floor_is_allowed():
    asked = manifest(equal_percent=95, similar_percent=100, tolerance=0)
    assert list(comparison_objections(asked, FLOOR)) == []


@pytest.mark.parametrize(
    ("comparison", "told"),
    [
        ({"contract": False}, "the contract is not compared"),
        ({"parity": False}, "the answers are not compared"),
        ({"equal_percent": 80}, "fewer than 90 % of the samples must be equal"),
        ({"similar_percent": 50}, "texts may be less than 80 % similar"),
        ({"tolerance": 0.5}, "the tolerance is more than 0.01"),
    ],
)
def test_less_than_the_floor_is_named(comparison: dict[str, Any], told: str):
    assert list(comparison_objections(manifest(**comparison), FLOOR)) == [told]


def test_a_fixed_name_is_less_than_any_floor():
    asked = Manifest.model_validate({"deployment": {"name": "blue"}})
    [told] = comparison_objections(asked, FLOOR)
    assert "fixed name" in told


def test_rules_that_fit_are_joined_to_the_stricter_of_each():
    policy = parse_policy(
        json.dumps(
            [
                {"prefix": "", "endpoints": ["*"], "comparison": {"parity": False}},
                {"prefix": "a", "endpoints": ["*"], "comparison": {"equal_percent": 90}},
                {"prefix": "b", "endpoints": ["*"], "comparison": {"tolerance": 0.5}},
            ]
        )
    )
    found = comparison_floor(policy, Placement("a/faq.zip", "faq", "ws"))

    assert found == ComparisonFloor()
    assert comparison_floor(policy[2:], Placement("a/faq.zip", "faq", "ws")) is None


def test_a_package_that_asks_for_less_is_rejected():
    policy = parse_policy('[{"prefix": "", "endpoints": ["*"], "comparison": {}}]')
    world = make_world(policy=policy)

    result = world.deploy(content=package(deploy__yaml="comparison: {parity: false}\n"))

    assert result["outcome"] == "rejected"
    [finding] = result["findings"]
    assert "the answers are not compared" in finding["cause"]
