"""The workspace's Application Insights component: GET, PUT and PATCH, and what it is asked.

A query is no more than the one form that is known here: anything else is refused, since an answer
to a query that was not understood would be a lie.
"""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator

from local import cloud
from local.azure_ml import clock
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.metrics_asked import timespan
from local.azure_ml.metrics_store import Measured, Recorded
from local.azure_ml.routing import Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store

COMPONENT_ID = cloud.INSIGHTS_ID
INSIGHTS = "Microsoft.Insights/components"
_QUERY = re.compile(
    r"customMetrics\s*"
    r"\|\s*where name in~ \((?P<names>'\w+'(?:,\s*'\w+')*)\)\s*"
    r"\|\s*where tostring\(customDimensions\.endpoint\) == '(?P<endpoint>[\w-]+)'\s*"
    r"\|\s*summarize count = sum\(valueCount\), total = sum\(valueSum\), "
    r"least = min\(valueMin\), most = max\(valueMax\) "
    r"by name, dimensions = tostring\(customDimensions\)\s*"
)
_COLUMNS = (
    *(("name", "string"), ("dimensions", "string"), ("count", "long")),
    *(("total", "real"), ("least", "real"), ("most", "real")),
)
_SETTLED = {
    "Application_Type": "web",
    "AppId": "5a1d0c9e-0000-4000-8000-0000000000e1",
    "IngestionMode": "LogAnalytics",
    "provisioningState": "Succeeded",
}


class Components:
    """One component; whether its metrics have dimensions is opted in to, and kept."""

    def __init__(self, store: Store, measured: Measured, settings: Settings) -> None:
        self._store = store
        self._measured = measured
        self._settings = settings

    @property
    def key(self) -> str:
        """Its instrumentation key, this stack's alone.

        What could not be sent waits under it in the machine's temporary folder, and must not reach
        another stack.
        """
        known = self._own().get("InstrumentationKey")
        if known is None:
            known = str(uuid.uuid4())
            self._keep({"InstrumentationKey": known})
        return str(known)

    @property
    def with_dimensions(self) -> bool:
        """Whether custom metrics are opted in with dimensions."""
        return self._own().get("CustomMetricsOptedInType") == "WithDimensions"

    def routes(self) -> Iterator[Route]:
        yield Route("GET", COMPONENT_ID, f"{INSIGHTS}/read", self._get)
        yield Route("PUT", COMPONENT_ID, f"{INSIGHTS}/write", self._change)
        yield Route("PATCH", COMPONENT_ID, f"{INSIGHTS}/write", self._change)
        yield Route("POST", f"{COMPONENT_ID}/query", f"{INSIGHTS}/query/read", self._query)

    def _own(self) -> Json:
        return self._store.get("component", COMPONENT_ID) or {}

    def _keep(self, own: Json) -> None:
        self._store.put("component", COMPONENT_ID, {**self._own(), **own})

    def _get(self, _: Call) -> Answer:
        return Answer(
            {
                "id": COMPONENT_ID,
                "name": COMPONENT_ID.rsplit("/", 1)[-1],
                "type": INSIGHTS,
                "location": cloud.REGION,
                "kind": "web",
                "tags": {},
                "properties": {**_SETTLED, "InstrumentationKey": self.key, **self._own()},
            }
        )

    def _change(self, call: Call) -> Answer:
        opted = call.properties.get("CustomMetricsOptedInType")
        if opted not in (None, "WithDimensions", "NoDimensions"):
            raise ArmError(400, "BadRequest", f"There is no CustomMetricsOptedInType '{opted}'.")
        if opted:
            self._keep({"CustomMetricsOptedInType": opted})
        return self._get(call)

    def _query(self, call: Call) -> Answer:
        asked = _QUERY.fullmatch(str(call.document.get("query") or ""))
        if asked is None:
            message = (
                "The emulator understands one query only: customMetrics of an endpoint by name and "
                "dimensions, with a timespan of two times, as Sluice sends it."
            )
            raise ArmError(400, "BadArgumentError", message)
        since, until = timespan(str(call.document.get("timespan") or ""))
        until = min(until, clock.seconds() - self._settings.metrics_lag_seconds)
        names = set(re.findall(r"\w+", asked["names"]))
        rows = [
            one
            for one in self._measured.records(since, until)
            if one.name.lower() in names
            and json.loads(one.dimensions).get("endpoint") == asked["endpoint"]
        ]
        columns = [{"name": name, "type": kind} for name, kind in _COLUMNS]
        table = {"name": "PrimaryResult", "columns": columns, "rows": _summarized(rows)}
        return Answer({"tables": [table]})


def _summarized(found: list[Recorded]) -> list[list[object]]:
    alike: defaultdict[tuple[str, str], list[Recorded]] = defaultdict(list)
    for one in found:
        alike[one.name, one.dimensions].append(one)
    return [
        [
            *key,
            sum(one.count for one in same),
            sum(one.total for one in same),
            min(one.least for one in same),
            max(one.most for one in same),
        ]
        for key, same in alike.items()
    ]
