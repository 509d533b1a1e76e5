"""A small OTLP/HTTP receiver on loopback: keeps spans by trace, and notices when a job's is whole.

It stands in for a collector, and is as strict: only protobuf is taken, and only POST.
"""

import gzip
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final, Self

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from local.traces.spans import Received, spans_in

TYPE: Final = "application/x-protobuf"
_MOST_TRACES: Final = 1_000

type Trace = tuple[Received, ...]


class Receiver:
    """Takes traces and metrics until it is stopped.

    Args:
        whole: gets the spans of a trace whenever the span of the job itself has come.
    """

    def __init__(self, whole: Callable[[Trace], None] = lambda _: None) -> None:
        self._whole = whole
        self._lock = Lock()
        self._traces: dict[str, dict[str, Received]] = {}
        self._metrics: dict[str, Any] = {}
        receiver = self

        class Handler(_Handler):
            to = receiver

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The value of OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> Self:
        Thread(target=self._server.serve_forever, name="traces", daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def traces(self) -> dict[str, Trace]:
        """Return the spans that have come, by trace, in the order in which they came."""
        with self._lock:
            return {trace: tuple(spans.values()) for trace, spans in self._traces.items()}

    def metrics(self) -> dict[str, Any]:
        """Return the metrics that came last, by name, as OTLP's `Metric`."""
        with self._lock:
            return dict(self._metrics)

    def take_spans(self, body: bytes) -> None:
        """Take a batch; a span that comes again replaces the one before."""
        jobs = list[Trace]()
        with self._lock:
            batch = list(spans_in(body))
            for span in batch:
                self._traces.setdefault(span.trace, {})[span.id] = span
            jobs += [tuple(self._traces[it.trace].values()) for it in batch if not it.parent]
            while len(self._traces) > _MOST_TRACES:
                del self._traces[next(iter(self._traces))]
        for trace in jobs:
            self._whole(trace)

    def take_metrics(self, body: bytes) -> None:
        request = ExportMetricsServiceRequest.FromString(body)
        with self._lock:
            for resource in request.resource_metrics:
                for scope in resource.scope_metrics:
                    self._metrics |= {it.name: it for it in scope.metrics}


class _Handler(BaseHTTPRequestHandler):
    to: Receiver

    def do_POST(self) -> None:
        take = {"/v1/traces": self.to.take_spans, "/v1/metrics": self.to.take_metrics}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path not in take:
            self._answer(404)
        elif self.headers.get("Content-Type") != TYPE:
            self._answer(415)
        else:
            try:
                take[self.path](_plain(body, self.headers.get("Content-Encoding")))
                self._answer(200)
            except (DecodeError, OSError, zlib.error):
                self._answer(400)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        del format, arguments

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", TYPE)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _plain(body: bytes, encoding: str | None) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(body)
    return zlib.decompress(body) if encoding == "deflate" else body
