"""The scoring front's view of an endpoint: traffic in effect, keys, and limits."""

from collections.abc import Callable

from local.azure_ml import clock
from local.azure_ml.access import Access
from local.azure_ml.deployment_rules import seconds
from local.azure_ml.endpoint_records import ENDPOINTS
from local.azure_ml.endpoints import ACTION
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Json
from local.azure_ml.keys import token_audience
from local.azure_ml.metrics_store import MetricsStore, RequestRecord
from local.azure_ml.store import Store
from local.azure_ml.tokens import ML_AUDIENCES, Tokens
from local.serving.contract import Limits, MirroredCall, ScoringEndpoint

SCORE_ACTION = f"{ACTION}/score/action"


class ScoredEndpoints:
    """Looks endpoints up for the scoring front, anew at each request."""

    def __init__(
        self, store: Store, tokens: Tokens, access: Access, measured: MetricsStore
    ) -> None:
        self._store = store
        self._measured = measured
        self._tokens = tokens
        self._access = access

    def find(self, endpoint: str) -> ScoringEndpoint | None:
        record = self._store.get("endpoint", f"{ENDPOINTS}/{endpoint}")
        if record is None:
            return None
        resource = record["resource"]
        return ScoringEndpoint(
            name=resource["name"],
            auth_mode=resource["properties"]["authMode"],
            keys=tuple(record["keys"].values()),
            token_valid=self._check(resource),
            traffic=record["live"]["traffic"],
            mirror=record["live"]["mirror"],
            deployments={
                one["resource"]["name"]: _limits(one["resource"])
                for one in self._store.all("deployment", resource["id"])
                if _serves(one)
            },
        )

    def mirrored(self, copy: MirroredCall) -> None:
        """Count the copy with the requests of its deployment; it has no connection of a caller."""
        self._measured.add_request(
            RequestRecord(
                at=clock.seconds(),
                endpoint=copy.endpoint.lower(),
                deployment=copy.deployment,
                status=copy.status,
                model_status=copy.model_status,
                seconds=copy.seconds,
                bytes=0,
                connection=0,
                fresh=False,
            )
        )

    def _check(self, resource: Json) -> Callable[[str], bool]:
        own = resource["properties"]["authMode"] == "AMLToken"
        audiences = (token_audience(resource["name"]),) if own else ML_AUDIENCES

        def valid(token: str) -> bool:
            try:
                caller = self._tokens.principal(f"Bearer {token}", audiences)
            except ArmError:
                return False
            return own or self._access.allows(caller.object_id, SCORE_ACTION, resource["id"])

        return valid


def _serves(record: Json) -> bool:
    state = record["resource"]["properties"]["provisioningState"]
    return bool(record["serving"]) and state != "Deleting"


def _limits(deployment: Json) -> Limits:
    requests = deployment["properties"]["requestSettings"]
    concurrent = requests["maxConcurrentRequestsPerInstance"] * deployment["sku"]["capacity"]
    return Limits(
        timeout_s=seconds(requests["requestTimeout"]),
        max_concurrent=concurrent,
        # Azure's documentation: 429 comes above 2 x maxConcurrentRequestsPerInstance x instances.
        queue=concurrent,
        queue_wait_s=seconds(requests["maxQueueWait"]),
    )
