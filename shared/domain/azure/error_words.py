"""Derive the code of an Azure error that has none: from its troubleshooting link or its words.

The links are `aka.ms/oe-tsg#…` (in one place `…/how-to-troubleshoot-online-endpoints#…`); the words
are quoted from the troubleshooting page and from public reports.
"""

import re

_LINK = re.compile(
    r"(?:aka\.ms/oe-tsg|how-to-troubleshoot-online-endpoints[^\s#]*)#([a-z0-9-]+)", re.IGNORECASE
)
_LINKS = {
    "error-imagebuildfailure": "ImageBuildFailure",
    "container-registry-authorization-failure": "ImageBuildFailure",
    "container-registry-authorization-error": "ResourceNotFound",
    "error-outofquota": "OutOfQuota",
    "error-outofcapacity": "OutOfQuota",
    "cpu-quota": "OutOfQuota",
    "disk-quota": "OutOfQuota",
    "memory-quota": "OutOfQuota",
    "role-assignment-quota": "OutOfQuota",
    "endpoint-quota": "OutOfQuota",
    "region-wide-vm-capacity": "OutOfQuota",
    "error-badargument": "BadArgument",
    "authorization-error": "BadArgument",
    "unable-to-download-user-container-image": "BadArgument",
    "unable-to-download-user-model": "BadArgument",
    "error-resourcenotready": "ResourceNotReady",
    "error-resourcenotfound": "ResourceNotFound",
    "error-workspacemanagednetworknotready": "WorkspaceManagedNetworkNotReady",
    "error-operationcanceled": "OperationCanceled",
    "error-operationcancelled": "OperationCanceled",
    "error-secretsinjectionerror": "SecretsInjectionError",
    "error-internalservererror": "InternalServerError",
}

# The first match counts.
_WORDS = (
    (r"could not find driver program", "MissingDriverProgram"),
    (r"disallowed by policy", "RequestDisallowedByPolicy"),
    (
        r"not registered to use namespace|no registered resource provider",
        "MissingSubscriptionRegistration",
    ),
    (r"linked scope", "LinkedAuthorizationFailed"),
    (r"does not have authorization to perform action", "AuthorizationFailed"),
    (r"managed network", "WorkspaceManagedNetworkNotReady"),
    (r"cancell?ed by another", "OperationCanceled"),
    (r"retrieve secrets|secrets? injection", "SecretsInjectionError"),
    (r"waiting for environment image", "ResourceNotFound"),
    (
        (
            r"image build|build log|container registry authorization|no matching distribution"
            r"|could not find a version|pkgs\.dev\.azure"
        ),
        "ImageBuildFailure",
    ),
    (
        (
            r"quota|insufficient memory|memory footprint|available memory|disk space"
            r"|lack of .*capacity|capacity in the region"
            r"|role assignment limit|limit of .*(endpoints|deployments)"
        ),
        "OutOfQuota",
    ),
    (
        r"startup task failed|unable to download user|pull permission|subscription .*not be found",
        "BadArgument",
    ),
    (
        r"not authorized to perform this operation using this permission",
        "AuthorizationPermissionMismatch",
    ),
    (r"user container|probe failed|not (become )?ready|OOMKilled", "ResourceNotReady"),
    (r"internal (server )?error", "InternalServerError"),
    (r"resource '[^']*' was not found|could not be found", "ResourceNotFound"),
    (r"is not supported|is not valid|is invalid", "BadArgument"),
)


def find_code_of_link(message: str) -> str | None:
    """Return the code for the last troubleshooting link in the message, or None."""
    codes = [_LINKS.get(anchor.lower()) for anchor in _LINK.findall(message)]
    return next((code for code in reversed(codes) if code), None)


def find_code_of_words(message: str) -> str | None:
    """Return the code that Azure uses elsewhere with such words, or None."""
    found = (code for words, code in _WORDS if re.search(words, message, re.IGNORECASE))
    return next(found, None)
