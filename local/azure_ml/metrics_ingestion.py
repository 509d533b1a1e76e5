"""The ingestion endpoint of Application Insights, to which flows send their telemetry.

Accepts what azure-monitor-opentelemetry-exporter sends to `/v2.1/track`: a JSON list of envelopes,
or one envelope a line, perhaps gzipped. Only metrics are kept; traces and logs are discarded.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.azure_ml.exchange import Json
from local.azure_ml.metrics_store import CustomMetric, MetricsStore

PATHS = ("/v2.1/track", "/v2/track")


def ingestion_app(measured: MetricsStore, key: str) -> Starlette:
    """The app that receives the flows' telemetry; items with another key are discarded."""

    async def track(request: Request) -> Response:
        try:
            items = _items(await request.body(), request.headers.get("content-encoding", ""))
            kept = [record for item in items for record in _metrics(item, key)]
        except (ValueError, KeyError, TypeError, OSError) as error:
            return JSONResponse(
                {"itemsReceived": 0, "itemsAccepted": 0, "errors": [_error_entry(error)]}, 400
            )
        measured.add_custom_metrics(kept)
        return JSONResponse(
            {"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []}
        )

    return Starlette(routes=[Route(path, track, methods=["POST"]) for path in PATHS])


def connection_string(key: str, port: int) -> str:
    """Return the connection string that sends a container's telemetry to this app."""
    return f"InstrumentationKey={key};IngestionEndpoint=http://127.0.0.1:{port}"


def _items(raw: bytes, encoding: str) -> list[Json]:
    text = (gzip.decompress(raw) if encoding == "gzip" else raw).decode()
    if text.lstrip().startswith("["):
        found: list[Json] = json.loads(text)
        return found
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _metrics(item: Json, key: str) -> Iterator[CustomMetric]:
    if item["iKey"] != key or item["data"]["baseType"] != "MetricData":
        return
    base = item["data"]["baseData"]
    dimensions = json.dumps(base.get("properties") or {}, sort_keys=True)
    at = datetime.fromisoformat(item["time"]).timestamp()
    for point in base["metrics"]:
        total = float(point["value"])
        yield CustomMetric(
            at=at,
            name=point["name"],
            dimensions=dimensions,
            count=float(_or(point.get("count"), 1)),
            total=total,
            least=float(_or(point.get("min"), total)),
            most=float(_or(point.get("max"), total)),
        )


def _or(value: Any, otherwise: float) -> float:
    return otherwise if value is None else value


def _error_entry(error: Exception) -> Json:
    return {"index": 0, "statusCode": 400, "message": repr(error)}
