"""Figures, names and commands that a remedy takes from the message."""

import pytest

from shared.domain.diagnosis.diagnosis import Signal, diagnose


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
def test_a_quota_error_is_reported_with_its_figures(message: str, told: str):
    found = diagnose(Signal("OutOfQuota", message))

    assert found.cause == "There is no quota for the instances"
    assert told in found.remedy


def test_out_of_memory_is_not_diagnosed_as_quota():
    found = diagnose(Signal("OutOfQuota", "Container terminated due to insufficient memory."))

    assert "more memory than the machine has" in found.cause
    assert "larger size" in found.remedy
    assert "smaller" not in found.remedy


def test_a_provider_that_is_not_registered_is_named_with_the_command():
    message = "The subscription is not registered to use namespace 'Microsoft.Cdn'. See"

    found = diagnose(Signal("MissingSubscriptionRegistration", message))

    assert found.remedy.endswith("az provider register --namespace Microsoft.Cdn --wait")


@pytest.mark.parametrize("quote", ['"', '\\"', '\\\\"'])
def test_the_denying_azure_policy_is_named(quote: str):
    message = (
        "Resource 'chat' was disallowed by policy. Policy identifiers: '[{`policyAssignment`:"
        "{`name`:`No public endpoints`,`id`:`/x`},`policyDefinition`:{`name`:`deny`}}]'."
    )

    found = diagnose(Signal("RequestDisallowedByPolicy", message.replace("`", quote)))

    assert "The policy assignment is 'No public endpoints'" in found.remedy


def diagnose_smoke_test(answer: str, log: str = "", status: int = 424):
    return diagnose(Signal("SmokeTest", f"the endpoint answered {status}{answer}", log, "", status))


@pytest.mark.parametrize(
    "error",
    [
        "Execution failure in 'answer': (ConnectionNotFoundError) Connection 'aoai' is not found.",
        "Failed to initialize flow entry with '{'c': 'a'}', ex:'Connection 'a' is not found..",
    ],
)
def test_a_connection_looked_up_in_the_container_has_its_own_remedy(error: str):
    found = diagnose_smoke_test(f", the flow itself 400 model_error: {error}")

    assert "in the container, not in the workspace" in found.cause
    assert "deployment.environment_variables" in found.remedy
    assert "Create it" not in found.remedy


def test_the_remedy_for_a_nodes_missing_connection_is_to_create_it():
    found = diagnose_smoke_test(
        ": ResolveToolError: (GetConnectionError) Get connection 'aoai' for node 'chat' error: "
        "Connection 'aoai' not found in dict connection provider. Available keys are []."
    )

    assert "Create it in the workspace" in found.remedy


@pytest.mark.parametrize(
    "words",
    [
        "Please specify environment variables: AZURE_OPENAI_API_KEY",
        "Please specify the following environment variables: ['AZURE_OPENAI_API_KEY']",
        "supply the env variable AZURE_OPENAI_API_KEY",
        "Configure your AZURE_OPENAI_API_KEY",
        "please export AZURE_OPENAI_API_KEY",
    ],
)
def test_a_flows_own_message_about_a_missing_variable_is_recognised(words: str):
    found = diagnose_smoke_test(
        f", the flow itself 400 model_error: Execution failure: (Exception) {words}"
    )

    assert "environment variable" in found.cause
    assert found.remedy.endswith("The error names AZURE_OPENAI_API_KEY")


KILLED = (
    ", the flow itself 502 model_unreachable: {'error': {'code': 'ModelError', 'message': \"the "
    "deployment's container closed the connection: ReadError('')\"}}"
)


def test_a_flow_killed_during_a_call_is_diagnosed_as_out_of_memory():
    found = diagnose_smoke_test(KILLED, "[pfserving-app][INFO] - Start executing nodes.\n")

    assert "too little memory" in found.cause
    assert "deployment.instance_type" in found.remedy


@pytest.mark.parametrize(
    ("answer", "log"),
    [
        (KILLED, "Traceback (most recent call last):\n  File 'a.py'\nRuntimeError: gone\n"),
        (KILLED, ""),
        (", the flow itself 500 model_error: bad", "INFO ready\n"),
    ],
)
def test_memory_is_not_blamed_without_evidence(answer: str, log: str):
    assert "memory" not in diagnose_smoke_test(answer, log).cause
