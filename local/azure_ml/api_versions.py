"""The api-versions of each resource type; ARM refuses all others before a service sees them.

Sources: the lists of versions at learn.microsoft.com/azure/templates and azure-rest-api-specs; the
errors' wording: azure-cli#28038, azure-sdk-for-js#4097, vscode-tools-for-ai#940.
"""

import re

from local import cloud
from local.azure_ml.errors import ArmError
from local.azure_ml.routing import ML

_DATE = re.compile(r"\d{4}-\d\d-\d\d(-preview|-privatepreview)?")
_ML = """
2025-12-01 2025-10-01-preview 2025-09-01 2025-07-01-preview 2025-06-01 2025-04-01
2025-04-01-preview 2025-01-01-preview 2024-10-01 2024-10-01-preview 2024-07-01-preview 2024-04-01
2024-04-01-preview 2024-01-01-preview 2023-10-01 2023-08-01-preview 2023-06-01-preview 2023-04-01
2023-04-01-preview 2023-02-01-preview 2022-12-01-preview 2022-10-01 2022-10-01-preview
2022-06-01-preview 2022-05-01 2022-02-01-preview 2021-10-01 2021-03-01-preview
"""
_OLD_ML = "2022-01-01-preview 2021-07-01 2021-04-01 2021-01-01 2020-08-01 2020-06-01 2020-03-01"
_VERSIONS = {
    f"{ML}/workspaces": f"{_ML} {_OLD_ML}",
    f"{ML}/workspaces/connections": f"{_ML} {_OLD_ML}",
    f"{ML}/workspaces/": _ML,
    f"{ML}/locations/": f"{_ML} {_OLD_ML}",
    "Microsoft.Authorization/roleAssignments": (
        "2022-04-01 2020-10-01-preview 2020-08-01-preview 2020-04-01-preview 2020-03-01-preview "
        "2018-09-01-preview 2018-07-01 2018-01-01-preview 2017-10-01-preview 2015-07-01"
    ),
    "Microsoft.Authorization/roleDefinitions": (
        "2023-07-01-preview 2022-05-01-preview 2022-04-01 2018-07-01 2018-01-01-preview 2015-07-01"
    ),
    "Microsoft.Authorization/permissions": (
        "2022-05-01-preview 2022-04-01 2018-07-01 2018-01-01-preview 2015-07-01"
    ),
    "Microsoft.ManagedIdentity/userAssignedIdentities": (
        "2025-01-31-preview 2024-11-30 2023-07-31-preview 2023-01-31 2022-01-31-preview "
        "2021-09-30-preview 2018-11-30 2015-08-31-preview"
    ),
    "Microsoft.ContainerRegistry/registries": (
        "2025-11-01 2025-06-01-preview 2025-05-01-preview 2025-04-01 2025-03-01-preview "
        "2024-11-01-preview 2023-11-01-preview 2023-08-01-preview 2023-07-01 2022-12-01 2021-09-01 "
        "2019-05-01"
    ),
    "Microsoft.Storage/storageAccounts": (
        "2025-06-01 2025-01-01 2024-01-01 2023-05-01 2023-04-01 2023-01-01 2022-09-01 2022-05-01 "
        "2021-09-01 2021-04-01 2019-06-01"
    ),
    "Microsoft.Insights/components": "2020-02-02 2020-02-02-preview 2018-05-01-preview 2015-05-01",
    "Microsoft.Insights/components/query": "2018-04-20 2017-10-01",
    "Microsoft.Insights/metrics": "2024-02-01 2023-10-01 2021-05-01 2019-07-01 2018-01-01",
}
_BY_TYPE = {kind.lower(): versions.split() for kind, versions in _VERSIONS.items()}


def check(path: str, version: str) -> None:
    """Raise 400 if the type of the resource at a path does not have the version."""
    kind = _resource_type(path)
    known = _find_versions(kind.lower())
    if known is None or version in known:
        return
    supported = ", ".join(known)
    if not _DATE.fullmatch(version):
        message = f"The api-version '{version}' is invalid. The supported versions are "
        raise ArmError(400, "InvalidApiVersionParameter", f"{message}'{supported}'.")
    message = (
        f"No registered resource provider found for location '{cloud.REGION}' and API version "
        f"'{version}' for type '{kind.partition('/')[2]}'. The supported api-versions are "
        f"'{supported}'. The supported locations are '{cloud.REGION}'."
    )
    raise ArmError(400, "NoRegisteredProviderFound", message)


def _resource_type(path: str) -> str:
    """`Namespace/type/type` of the innermost resource of a path; empty without a provider."""
    _, found, rest = path.rpartition("/providers/")
    namespace, *parts = rest.split("/")
    return "/".join([namespace, *parts[::2]]) if found else ""


def _find_versions(kind: str) -> list[str] | None:
    """Versions of the type itself, else of the nearest parent type with a list."""
    while kind and kind not in _BY_TYPE:
        kind, found, _ = kind.rstrip("/").rpartition("/")
        kind += found
    return _BY_TYPE.get(kind)
