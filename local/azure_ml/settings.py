"""Settings of the emulator: by flags at its start, and by the admin URL while it runs."""

from dataclasses import dataclass, field
from typing import Literal

type DatastoreCredentials = Literal["Sas", "AccountKey", "None"]
type StorageAccess = Literal["open", "no_keys", "closed"]
type ErrorShape = Literal["head", "none", "text", "code"]


@dataclass
class Settings:
    """Delays in seconds, quota in cores by VM family, and the datastore's credentials.

    `grant_seconds` is the time from a role assignment's write until it is in force; `late`
    overrides it for single identities, by object id. `taken` are endpoint names that are used by
    others in this region. Metrics younger than `metrics_lag_seconds` are not shown yet. Lists have
    `page_size` items a page, and links to the next page name ARM as `link_host`. All settings may
    be changed at run time.

    `storage_access` is what the workspace's storage account accepts: everything, no keys (nor
    signatures made with them), or nothing, as behind a firewall.

    PUTs of endpoints and deployments answer after `put_seconds`. For `visible_seconds`, by object
    id, a reader may still see endpoints, deployments and role assignments as they were.

    The region takes `most_endpoints` endpoints; Azure's own limit is 100.

    With `unnamed_identity` on, the app gets tokens without naming its identity too, as one whose
    identity is system-assigned.

    With `request_limits` on, ARM counts each identity's calls, and refuses those over its limits.

    `operation_errors` is where a failed operation has its error code: at the `head` of the message,
    at the head after "(None)" (`none`), nowhere (`text`), or in the field `code`. Azure ML does
    each of the first three; the last is the older shape.
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
    request_limits: bool = False
    most_endpoints: int = 100
    unnamed_identity: bool = False
