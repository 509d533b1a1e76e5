"""The workspace's Application Insights component: GET, PUT, PATCH and two queries.

Only the queries that Sluice sends are supported; any other is refused.
"""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from local import cloud
from local.azure_ml import clock
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.metrics_asked import timespan
from local.azure_ml.metrics_points import MINUTE
from local.azure_ml.metrics_store import CustomMetric, MetricsStore
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
_BY_MINUTE = re.compile(
    r"customMetrics\s*"
    r"\|\s*where name in~ \((?P<names>'\w+'(?:,\s*'\w+')*)\)\s*"
    r"\|\s*where tostring\(customDimensions\.endpoint\) == '(?P<endpoint>[\w-]+)'\s*"
    r"\|\s*summarize total = sum\(valueSum\) by name, "
    r"deployment = tostring\(customDimensions\.deployment\), minute = bin\(timestamp, 1m\)\s*"
)
_MINUTE_COLUMNS = (
    *(("name", "string"), ("deployment", "string")),
    *(("minute", "datetime"), ("total", "real")),
)
_COLUMNS = (
    *(("name", "string"), ("dimensions", "string"), ("count", "long")),
    *(("total", "real"), ("least", "real"), ("most", "real")),
)
_FIXED_PROPERTIES = {
    "Application_Type": "web",
    "AppId": "5a1d0c9e-0000-4000-8000-0000000000e1",
    "IngestionMode": "LogAnalytics",
    "provisioningState": "Succeeded",
}


class Components:
    """One component. Opting in to metrics with dimensions is stored."""

    def __init__(self, store: Store, measured: MetricsStore, settings: Settings) -> None:
        self._store = store
        self._measured = measured
        self._settings = settings

    @property
    def key(self) -> str:
        """The instrumentation key, unique to this stack.

        The exporter keeps unsent telemetry under this key in the machine's temporary folder; a
        shared key would send it to another stack.
        """
        known = self._load().get("InstrumentationKey")
        if known is None:
            known = str(uuid.uuid4())
            self._save({"InstrumentationKey": known})
        return str(known)

    @property
    def with_dimensions(self) -> bool:
        """True if custom metrics are opted in with dimensions."""
        return self._load().get("CustomMetricsOptedInType") == "WithDimensions"

    def routes(self) -> Iterator[Route]:
        yield Route("GET", COMPONENT_ID, f"{INSIGHTS}/read", self._get)
        yield Route("PUT", COMPONENT_ID, f"{INSIGHTS}/write", self._change)
        yield Route("PATCH", COMPONENT_ID, f"{INSIGHTS}/write", self._change)
        yield Route("POST", f"{COMPONENT_ID}/query", f"{INSIGHTS}/query/read", self._query)

    def _load(self) -> Json:
        return self._store.get("component", COMPONENT_ID) or {}

    def _save(self, own: Json) -> None:
        self._store.put("component", COMPONENT_ID, {**self._load(), **own})

    def _get(self, _: Call) -> Answer:
        return Answer(
            {
                "id": COMPONENT_ID,
                "name": COMPONENT_ID.rsplit("/", 1)[-1],
                "type": INSIGHTS,
                "location": cloud.REGION,
                "kind": "web",
                "tags": {},
                "properties": {**_FIXED_PROPERTIES, "InstrumentationKey": self.key, **self._load()},
            }
        )

    def _change(self, call: Call) -> Answer:
        opted = call.properties.get("CustomMetricsOptedInType")
        if opted not in (None, "WithDimensions", "NoDimensions"):
            raise ArmError(400, "BadRequest", f"There is no CustomMetricsOptedInType '{opted}'.")
        if opted:
            self._save({"CustomMetricsOptedInType": opted})
        return self._get(call)

    def _query(self, call: Call) -> Answer:
        query = str(call.document.get("query") or "")
        asked = _QUERY.fullmatch(query) or _BY_MINUTE.fullmatch(query)
        if asked is None:
            message = (
                "The emulator understands two queries only: customMetrics of an endpoint by name "
                "and dimensions, or by deployment and minute, with a timespan of two times, as "
                "Sluice sends them."
            )
            raise ArmError(400, "BadArgumentError", message)
        since, until = timespan(str(call.document.get("timespan") or ""))
        until = min(until, clock.seconds() - self._settings.metrics_lag_seconds)
        names = set(re.findall(r"\w+", asked["names"]))
        rows = [
            one
            for one in self._measured.custom_metrics(since, until)
            if one.name.lower() in names
            and json.loads(one.dimensions).get("endpoint") == asked["endpoint"]
        ]
        whole = asked.re is _QUERY
        shown = _COLUMNS if whole else _MINUTE_COLUMNS
        columns = [{"name": name, "type": kind} for name, kind in shown]
        found = _summarize(rows) if whole else _by_minute(rows)
        table = {"name": "PrimaryResult", "columns": columns, "rows": found}
        return Answer({"tables": [table]})


def _by_minute(found: list[CustomMetric]) -> list[list[object]]:
    totals: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for one in found:
        deployment = json.loads(one.dimensions).get("deployment", "")
        minute = datetime.fromtimestamp(int(one.at) // MINUTE * MINUTE, UTC)
        totals[one.name, deployment, minute.strftime("%Y-%m-%dT%H:%M:%SZ")] += one.total
    return [[*key, total] for key, total in totals.items()]


def _summarize(found: list[CustomMetric]) -> list[list[object]]:
    alike: defaultdict[tuple[str, str], list[CustomMetric]] = defaultdict(list)
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
