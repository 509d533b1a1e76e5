"""What may be set on the emulator, by flags at its start and over the admin URL while it runs."""

from dataclasses import dataclass, field
from typing import Literal

type DatastoreCredentials = Literal["Sas", "AccountKey", "None"]
type StorageAccess = Literal["open", "no_keys", "closed"]
type ErrorShape = Literal["head", "none", "text", "code"]


@dataclass
class Settings:
    """Seconds that things take, quota in cores by VM family, and the datastore's credentials.

    `grant_seconds` is how long a role assignment is visible before it is in force, `late` how long
    for single identities, by object id. `taken` are
    endpoint names that somebody else has in this region. Metrics younger than
    `metrics_lag_seconds` are not shown yet. `page_size` items come with each page of a list, and
    the link to the next one names ARM as `link_host`. All may be changed at run time.

    `storage_access` is what the workspace's storage account takes: all, no keys (nor what they
    sign), or nothing from here, as behind a firewall.

    PUTs of endpoints and deployments answer after `put_seconds`. `visible_seconds` is for how long
    single readers, by object id, see endpoints, deployments and role assignments as they were.

    `operation_errors` is where the error of a failed operation has its code: at the `head` of the
    message, there behind a `none`, nowhere (the `text` alone), or in the field `code`. Azure ML
    does each of the first three; the last is the older shape.
    """

    endpoint_seconds: float = 1.0
    deployment_seconds: float = 3.0
    grant_seconds: float = 2.0
    late: dict[str, float] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    datastore_credentials: DatastoreCredentials = "Sas"
    storage_access: StorageAccess = "open"
    metrics_lag_seconds: float = 0.0
    put_seconds: float = 0.0
    visible_seconds: dict[str, float] = field(default_factory=dict)
    page_size: int = 3
    link_host: str = "Management.Azure.com:443"
    operation_errors: ErrorShape = "head"
