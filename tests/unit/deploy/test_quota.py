"""VM sizes, and the check against their quota."""

import pytest

from shared.domain.azure.endpoint import DeploymentState
from shared.domain.azure.vm_sizes import nearest_size, size_of
from shared.domain.planning.quota import Usage, room

FAMILY = "standardDSv2Family"


def _usage(current: int = 0, limit: int = 8) -> Usage:
    return Usage(FAMILY, current, limit)


def _existing(instances: int, size: str = "Standard_DS3_v2") -> DeploymentState:
    return DeploymentState("old", "Succeeded", "", "", size, instances)


@pytest.mark.parametrize(
    ("name", "instances", "cores"),
    [
        ("Standard_DS3_v2", 1, 8),
        ("standard_ds3_V2", 5, 24),
        ("Standard_DS1_v2", 3, 4),
        ("Standard_E16s_v3", 1, 32),
        ("Standard_NC24ads_A100_v4", 2, 48),
        ("Standard_NC96ads_A100_v4", 1, 96),
        ("Standard_ND96asr_v4", 1, 96),
        ("Standard_ND96amsr_A100_v4", 1, 96),
        ("Standard_ND40rs_v2", 1, 40),
        ("Standard_NC64as_T4_v3", 1, 128),
    ],
)
def test_twenty_percent_more_instances_are_reserved_except_for_some_gpus(
    name: str, instances: int, cores: int
) -> None:
    size = size_of(name)
    assert size is not None
    assert size.cores_needed(instances) == cores


def test_an_unknown_size_is_reported_with_the_nearest_one() -> None:
    assert size_of("Standard_DS3v2") is None
    assert nearest_size("Standard_DS3v2") == "Standard_DS3_v2"
    assert nearest_size("Standard_E4s_v4") == "Standard_E4s_v3"


@pytest.mark.parametrize(
    "name", ["standardDSv2Family", "Standard DSv2 Family Cluster Dedicated vCPUs"]
)
def test_both_spellings_of_a_family_are_the_same(name: str) -> None:
    assert Usage(name, 0, 1).counts(FAMILY)
    assert Usage("other", 0, 1, title=name).counts(FAMILY)
    assert not Usage(name, 0, 1).counts("standardDASv4Family")


def test_a_quota_that_is_too_small_is_reported_with_its_figures() -> None:
    found = room("Standard_DS3_v2", 3, [_usage(4, 16)])
    assert found is not None
    assert not found.suffices
    cause = found.finding().cause
    assert "3 x Standard_DS3_v2 need 16 cores" in cause
    assert "4 of 16 are used, 12 would be free" in cause


def test_deployments_deleted_first_do_not_count() -> None:
    assert not room("Standard_DS3_v2", 1, [_usage(8, 8)]).suffices  # type: ignore[union-attr]
    found = room(
        "Standard_DS3_v2", 1, [_usage(8, 8)], [_existing(1), _existing(9, "Standard_E2s_v3")]
    )
    assert found is not None
    assert found.suffices


def test_a_limit_of_minus_one_is_unlimited() -> None:
    found = room("Standard_DS3_v2", 50, [_usage(1000, -1)])
    assert found is not None
    assert found.suffices


def test_an_unknown_quota_gives_no_finding() -> None:
    assert room("Standard_Z9", 1, [_usage()]) is None
    assert room("Standard_E2s_v3", 1, [_usage()]) is None
