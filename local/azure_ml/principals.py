"""Identities that may call."""

from dataclasses import dataclass
from typing import Literal

from local import cloud


@dataclass(frozen=True)
class Principal:
    """An identity in the directory: object id, client id, a name to show, and its type."""

    object_id: str
    client_id: str
    name: str
    type: Literal["ServicePrincipal", "User"] = "ServicePrincipal"


APP = Principal(cloud.APP_PRINCIPAL, cloud.APP_CLIENT, "sluice-app")
DEVELOPER = Principal(
    cloud.DEVELOPER_PRINCIPAL, "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "developer", "User"
)
"""The developer's client is the Azure CLI's public one, as with az login."""
