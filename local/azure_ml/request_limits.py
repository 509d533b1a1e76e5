"""ARM's limits on how often an identity may call it: a bucket of tokens for each kind of call.

Source: 'Understand how Azure Resource Manager throttles requests', learn.microsoft.com/azure/
azure-resource-manager/management/request-limits-and-throttling; the headers: ibid., 'Remaining
requests'.
"""

import math
from dataclasses import dataclass

from local import cloud
from local.azure_ml import clock
from local.azure_ml.errors import ArmError
from local.azure_ml.settings import Settings

_KINDS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}
_BUCKETS = {"reads": (250.0, 25.0), "writes": (200.0, 10.0), "deletes": (200.0, 10.0)}


@dataclass
class _Bucket:
    left: float
    at: float


class RequestLimits:
    """Counts the calls of each identity; only while the setting `request_limits` is on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def count(self, identity: str, method: str) -> None:
        """Take a token. Raises ArmError: 429, with the seconds until there is one."""
        if not self._settings.request_limits:
            self._buckets.clear()
            return
        kind = _KINDS.get(method, "writes")
        size, rate = _BUCKETS[kind]
        now = clock.seconds()
        bucket = self._buckets.setdefault((identity, kind), _Bucket(size, now))
        bucket.left = min(size, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.left >= 1.0:
            bucket.left -= 1.0
            return
        after = str(math.ceil((1.0 - bucket.left) / rate))
        message = (
            f"Number of '{kind.removesuffix('s')}' requests for subscription "
            f"'{cloud.SUBSCRIPTION}' actor '{identity}' exceeded. Please try again after "
            f"'{after}' seconds. Refer to https://aka.ms/arm-throttling for additional information."
        )
        headers = {"Retry-After": after, **self.headers(identity, method)}
        raise ArmError(429, "SubscriptionRequestsThrottled", message, headers=headers)

    def headers(self, identity: str, method: str) -> dict[str, str]:
        """The header that says how many calls of the kind are left."""
        kind = _KINDS.get(method, "writes")
        bucket = self._buckets.get((identity, kind))
        if bucket is None:
            return {}
        return {f"x-ms-ratelimit-remaining-subscription-{kind}": str(int(bucket.left))}
