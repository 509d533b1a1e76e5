"""Refusals by the subscription, Azure Policy, networks and settings of resources."""

import re

from shared.domain.diagnosis.row import TROUBLESHOOTING, Row, Signal

_FIREWALL = (
    r"\bAuthorizationFailure\b|not authorized to perform this operation\.|firewall"
    r"|is not allowed (access|to access)|virtual network (rule|/)|network (access|acl|rule)s? "
    r"|public (network )?access is (disabled|not)|client address is not authorized"
    r"|communicate with the workspace's container registry|PublicNetworkAccess"
)
_NAMESPACE = re.compile(r"namespace '([^']{1,100})'", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"policyAssignment\W{1,20}name\W{1,20}([\w .-]{1,100})")


def how_to_register(signal: Signal) -> str:
    """Write the command that registers the provider in the message."""
    found = _NAMESPACE.search(signal.message)
    name = found[1] if found else "Microsoft.MachineLearningServices"
    return f"An owner runs: az provider register --namespace {name} --wait"


def name_policies(signal: Signal) -> str:
    """Name the policy assignments in the message."""
    names = ", ".join(f"'{name}'" for name in dict.fromkeys(_ASSIGNMENT.findall(signal.message)))
    return f"The policy assignment is {names}" if names else ""


ROWS = (
    Row(
        "A resource provider is not registered",
        Signal(
            "MissingSubscriptionRegistration",
            "The subscription is not registered to use namespace 'Microsoft.PolicyInsights'. See "
            "https://aka.ms/rps-not-found for how to register subscriptions.",
        ),
        "The subscription has not registered a resource provider that managed endpoints need",
        "Register it once for the subscription, then redeploy",
        code="MissingSubscriptionRegistration|NoRegisteredProviderFound|SubscriptionNotRegistered",
        page="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/"
        "error-register-resource-provider",
        more=how_to_register,
        also=(
            Signal(
                "NoRegisteredProviderFound",
                "No registered resource provider found for location 'westeurope' and API version "
                "'2025-12-01' for type 'workspaces'.",
            ),
        ),
    ),
    Row(
        "Azure Policy does not allow it",
        Signal(
            "RequestDisallowedByPolicy",
            "Resource 'chat' was disallowed by policy. Policy identifiers: '[{\"policyAssignment\":"
            '{"name":"no-public-endpoints","id":"/subscriptions/s/providers/Microsoft.Authorization'
            '/policyAssignments/no-public-endpoints"},"policyDefinition":{"name":"deny-public"}}]\'.',
        ),
        "An Azure Policy of the subscription forbids what the endpoint or deployment asks for",
        "Look in the message for what it forbids (public network access, key authentication, a "
        "tag, a region, a size) and ask for that in deploy.yaml; or have an owner exempt it",
        signs=(r"RequestDisallowedByPolicy|disallowed by policy|invalid template function",),
        page="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/"
        "error-policy-requestdisallowedbypolicy",
        more=name_policies,
        also=(
            Signal(
                "BadArgument",
                "Invalid template function specification of policy assignment 'tags'. Please "
                "either fix the policy or remove the policy assignment to unblock.",
            ),
        ),
    ),
    Row(
        "A network rule is in the way",
        Signal("AuthorizationFailure", "This request is not authorized to perform this operation."),
        "A firewall or network rule of a resource does not let the call in: of the workspace's "
        "storage account, its container registry or key vault, or of what the flow calls",
        "Let the caller in: a private endpoint in the workspace's managed network (az ml workspace "
        "outbound-rule set) for the endpoint, a network rule or private endpoint for Sluice, or "
        "'allow trusted Azure services' on the resource that the message names",
        signs=(_FIREWALL,),
        page="https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
        also=(
            Signal(
                "BadArgument",
                "Failed to pull image: denied: client with IP '20.61.1.2' is not allowed access. "
                "Refer https://aka.ms/acr/firewall to grant access.",
            ),
            Signal(
                "ImageBuildFailure",
                "ACR failed to communicate with the workspace's container registry: registry is "
                "private",
            ),
            Signal(
                "Forbidden", "Client address is not authorized and caller is not a trusted service."
            ),
            Signal(
                "SmokeTest",
                "the endpoint answered 424: PermissionDeniedError: Error code: 403 - {'error': "
                "{'code': '403', 'message': 'Access denied due to Virtual Network/Firewall rules.'"
                "}}",
                status=424,
            ),
            Signal(
                "SmokeTest",
                "the endpoint answered 424: Error code: 403 - {'error': {'code': '403', 'message': "
                "'Public access is disabled. Please configure private endpoint.'}}",
                status=424,
            ),
        ),
    ),
    Row(
        "The storage account takes no keys",
        Signal(
            "KeyBasedAuthenticationNotPermitted",
            "Key based authentication is not permitted on this storage account.",
        ),
        "The workspace's storage account takes no account keys or signatures, and its datastore "
        "uses one",
        "Let the workspace use identities: az ml workspace update --system-datastores-auth-mode "
        "identity. Sluice's identity then needs 'Storage Blob Data Contributor' on the account",
        signs=(r"KeyBasedAuthenticationNotPermitted|key based authentication is not permitted",),
        page="https://learn.microsoft.com/azure/machine-learning/how-to-disable-local-auth-storage",
    ),
    Row(
        "What a connection goes to takes no keys",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: OpenAI API hits PermissionDeniedError: Error code: 403 - "
            "{'error': {'code': 'AuthenticationTypeDisabled', 'message': 'Key based authentication "
            "is disabled for this resource.'}}",
            status=424,
        ),
        "The resource that a connection goes to has local authentication disabled: it takes no key",
        "Let the connection use Microsoft Entra ID (az ml connection create, without api_key), and "
        "give the endpoint's identity 'Cognitive Services OpenAI User' on the resource",
        signs=(
            (
                r"AuthenticationTypeDisabled|key based authentication is disabled"
                r"|local ?auth(entication)? is disabled"
            ),
        ),
        page="https://learn.microsoft.com/azure/ai-services/disable-local-auth",
    ),
    Row(
        "The endpoint must be made anew",
        Signal(
            "InferencingClientCallFailed",
            "The endpoint has not been created successfully. Recreate the endpoint and try again.",
        ),
        "The endpoint failed when it was made, and Azure takes no deployment for it",
        "Delete it (sluice delete NAME, DELETE /api/endpoints/NAME?confirm=NAME), then redeploy. "
        "Sluice makes an endpoint anew by itself where it made it and nothing is behind it",
        signs=(r"endpoint has not been created successfully|recreate the endpoint",),
        page=f"{TROUBLESHOOTING}#common-deployment-errors",
    ),
)
