"""The role assignments of a new cloud: the app's, as `infra/` makes them, and a developer's."""

from typing import Final

from local import cloud
from local.azure_ml import definitions
from local.azure_ml.definitions import Role

_APP: Final = (cloud.APP_PRINCIPAL, "ServicePrincipal")
_DEVELOPER: Final = (cloud.DEVELOPER_PRINCIPAL, "User")
_SUBSCRIPTION: Final = f"/subscriptions/{cloud.SUBSCRIPTION}"

INITIAL: Final[tuple[tuple[str, Role, tuple[str, str]], ...]] = (
    (cloud.WORKSPACE_ID, definitions.DATA_SCIENTIST, _APP),
    (cloud.WORKSPACE_ID, definitions.MONITORING_READER, _APP),
    (cloud.INSIGHTS_ID, definitions.MONITORING_READER, _APP),
    (cloud.WORKSPACE_ID, definitions.RBAC_ADMINISTRATOR, _APP),
    (cloud.REGISTRY_ID, definitions.RBAC_ADMINISTRATOR, _APP),
    (cloud.WORKSPACE_ACCOUNT_ID, definitions.RBAC_ADMINISTRATOR, _APP),
    (cloud.WORKSPACE_ACCOUNT_ID, definitions.BLOB_CONTRIBUTOR, _APP),
    (cloud.DROP_ACCOUNT_ID, definitions.BLOB_CONTRIBUTOR, _APP),
    (cloud.USER_IDENTITY_ID, definitions.IDENTITY_OPERATOR, _APP),
    (_SUBSCRIPTION, definitions.REGION_READER, _APP),
    (cloud.GROUP_ID, definitions.OWNER, _DEVELOPER),
    (_SUBSCRIPTION, definitions.READER, _DEVELOPER),
)
"""Scope, role, and the principal's object id and type."""
