"""What a remedy adds from the message: figures, names, commands."""

import pytest

from shared.domain.diagnosis import Signal, diagnose


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            (
                "Not enough quota available for Standard_DS3_v2 in SubscriptionId s. Current "
                "usage/limit: 2/6. Additional needed: 8 Please see"
            ),
            (
                "Standard_DS3_v2 counts against the quota of standardDSv2Family, 4 cores each. "
                "8 cores are needed, 4 of 6 are left. Ask for more in studio"
            ),
        ),
        (
            (
                "Not enough quota available for Standard_DS3_v2. Current usage/limit: 0/6. "
                "Additional needed: 8"
            ),
            "8 cores are needed, 6 of 6 are left",
        ),
        (
            (
                "Not enough subscription CPU quota. The amount of CPU quota requested is 32 and "
                "your maximum amount of quota is [N/A]."
            ),
            "32 cores are needed, the subscription's limit is N/A",
        ),
        (
            (
                "Subscription s does not have enough quota for Standard_DS2_v2.\\nCurrently "
                "available: 6\\n Requested: 4."
            ),
            "4 cores are asked for, 6 are left",
        ),
        ("no cores", "Ask for more in studio under Quota"),
    ],
)
def test_a_quota_error_is_told_with_its_figures(message: str, told: str):
    found = diagnose(Signal("OutOfQuota", message))

    assert found.cause == "There is no quota for the instances"
    assert told in found.remedy


def test_out_of_memory_is_not_told_as_quota():
    found = diagnose(Signal("OutOfQuota", "Container terminated due to insufficient memory."))

    assert "more memory than the machine has" in found.cause
    assert "larger size" in found.remedy
    assert "smaller" not in found.remedy


def test_a_provider_that_is_not_registered_is_named_with_the_command():
    message = "The subscription is not registered to use namespace 'Microsoft.Cdn'. See"

    found = diagnose(Signal("MissingSubscriptionRegistration", message))

    assert found.remedy.endswith("az provider register --namespace Microsoft.Cdn --wait")


@pytest.mark.parametrize("quote", ['"', '\\"', '\\\\"'])
def test_the_policy_that_denies_is_named(quote: str):
    message = (
        "Resource 'chat' was disallowed by policy. Policy identifiers: '[{`policyAssignment`:"
        "{`name`:`No public endpoints`,`id`:`/x`},`policyDefinition`:{`name`:`deny`}}]'."
    )

    found = diagnose(Signal("RequestDisallowedByPolicy", message.replace("`", quote)))

    assert "The policy assignment is 'No public endpoints'" in found.remedy
