"""Quota of cores by VM family in the region, its usage, and the VM sizes."""

from collections import Counter
from collections.abc import Iterator

from local.azure_ml.exchange import Answer, Call, Json, list_answer
from local.azure_ml.routing import ML, REGION_PATH, Route
from local.azure_ml.settings import Settings
from local.azure_ml.sizes import CPU_CORES, DEFAULT_CORES, SIZES, cores_needed, size
from local.azure_ml.store import Store


class Quota:
    """Counts the cores of deployments. Failed ones keep theirs until they are deleted."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def routes(self) -> Iterator[Route]:
        action = f"{ML}/locations"
        yield Route("GET", "{region}/usages", f"{action}/usages/read", self._usages)
        yield Route("GET", "{region}/quotas", f"{action}/quotas/read", self._quotas)
        yield Route("GET", "{region}/vmSizes", f"{action}/vmSizes/read", self._sizes)

    def limit(self, family: str) -> int:
        """The limit of a family in cores; -1 means unlimited."""
        return self._settings.quota.get(family, DEFAULT_CORES.get(family, CPU_CORES))

    def used(self, family: str, *, without: str = "") -> int:
        """Cores used by the deployments of a family, except one (by ARM id)."""
        return self._cores(without)[family]

    def _cores(self, without: str = "") -> Counter[str]:
        """The used cores by family."""
        cores = Counter[str]()
        for deployment, kind, instances in self._store.instances():
            chosen = size(kind)
            if chosen is not None and deployment != without.lower():
                cores[chosen.family] += cores_needed(chosen, instances)
        return cores

    def shortage(self, deployment: Json) -> str | None:
        """Return the error if quota is short for a deployment (its resource), or None."""
        chosen = size(deployment["properties"]["instanceType"])
        if chosen is None or (limit := self.limit(chosen.family)) < 0:
            return None
        needed = cores_needed(chosen, deployment["sku"]["capacity"])
        used = self.used(chosen.family, without=deployment["id"])
        if used + needed <= limit:
            return None
        return (
            f"Not enough quota available for {chosen.name} in SubscriptionId. Current usage/limit: "
            f"{used}/{limit}. Additional needed: {needed} Please see troubleshooting guide, "
            "available here: https://aka.ms/oe-tsg#error-outofquota"
        )

    def _usages(self, _: Call) -> Answer:
        used = self._cores()
        return list_answer([self._usage(family, used[family]) for family in _families()])

    def _usage(self, family: str, used: int) -> Json:
        kind = f"{ML}/vmFamily/usages"
        return {
            "id": f"{REGION_PATH}/vmFamily/usages/{family}",
            "type": kind,
            "unit": "Count",
            "currentValue": used,
            "limit": self.limit(family),
            "name": {"value": family, "localizedValue": f"{family} Cluster Dedicated vCPUs"},
        }

    def _quotas(self, _: Call) -> Answer:
        return list_answer(
            [
                {
                    "id": f"{REGION_PATH}/vmFamily/quotas/{family}",
                    "type": f"{ML}/vmFamily/quotas",
                    "unit": "Count",
                    "limit": self.limit(family),
                    "name": {"value": family, "localizedValue": family},
                }
                for family in _families()
            ]
        )

    def _sizes(self, _: Call) -> Answer:
        return list_answer(
            [
                {
                    "name": known.name,
                    "family": known.family,
                    "vCPUs": known.cores,
                    "gpus": known.gpus,
                    "memoryGB": known.memory_gb,
                    "lowPriorityCapable": False,
                    "premiumIO": True,
                    "osVhdSizeMB": 1047552,
                    "maxResourceVolumeMB": known.cores * 8192,
                    "supportedComputeTypes": ["AmlCompute", "ManagedOnlineEndpoint"],
                }
                for known in SIZES
            ]
        )


def _families() -> list[str]:
    return sorted({known.family for known in SIZES})
