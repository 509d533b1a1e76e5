"""OpenTelemetry's SDK and its exporters. Imported by the thread that sends, since that takes time.

What is set decides where to: the standard OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP) and
APPLICATIONINSIGHTS_CONNECTION_STRING (Azure Monitor); both is possible.
"""

from collections.abc import Iterator, Mapping

from opentelemetry import context
from opentelemetry.metrics import Counter, Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from shared.adapters.telemetry.destinations import to_azure_monitor, to_collector
from shared.domain.jobs.trace import Span, Value, trace_id

SCOPE = "sluice"
_KINDS = {"job": SpanKind.CONSUMER, "part": SpanKind.INTERNAL, "call": SpanKind.CLIENT}
_COUNTERS = {
    "sluice.jobs": ("{job}", "jobs that have ended"),
    "sluice.throttles": ("{answer}", "answers that asked for fewer calls"),
    "sluice.throttle.seconds": ("s", "how long those answers asked to wait"),
}
_HISTOGRAMS = {
    "sluice.job.duration": "from the request to the result",
    "sluice.step.duration": "from the begin of a step to its end, with all waiting",
    "sluice.call.duration": "of calls to Azure and to endpoints",
}
# Seconds: calls take milliseconds, jobs minutes, and those that wait for people hours.
_BOUNDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 14400, 86400)


class Signals:
    """Sends spans and measurements. For one thread.

    Args:
        environment: the app's settings.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        name = environment.get("OTEL_SERVICE_NAME") or environment.get("WEBSITE_SITE_NAME")
        resource = Resource.create({"service.name": name or "sluice"})
        self._ids = _Ids()
        self._traces = TracerProvider(
            resource=resource, id_generator=self._ids, shutdown_on_exit=False
        )
        for exporter in _span_exporters(environment):
            self._traces.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._traces.get_tracer(SCOPE)
        readers = [PeriodicExportingMetricReader(it) for it in _metric_exporters(environment)]
        self._metrics = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
        self._meters = self._instruments()

    def span(self, job: str, span: Span) -> None:
        """Send a span of the job's trace."""
        trace = int(trace_id(job), 16)
        self._ids.trace, self._ids.span = trace, int(span.id, 16)
        here = context.Context()
        if span.parent:
            flags = TraceFlags(TraceFlags.SAMPLED)
            parent = SpanContext(trace, int(span.parent, 16), is_remote=True, trace_flags=flags)
            here = set_span_in_context(NonRecordingSpan(parent), here)
        made = self._tracer.start_span(
            span.name,
            here,
            _KINDS[span.kind],
            {"sluice.job": job, **span.attributes},
            start_time=_nanoseconds(span.begin),
        )
        if span.problem:
            made.set_status(Status(StatusCode.ERROR, span.problem))
        made.end(_nanoseconds(max(span.begin, span.end)))

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None:
        """Add to a counter, or record in a histogram."""
        meter = self._meters[name]
        if isinstance(meter, Counter):
            meter.add(value, attributes)
        else:
            meter.record(value, attributes)

    def close(self) -> None:
        """Send what is left."""
        self._traces.shutdown()
        self._metrics.shutdown()

    def _instruments(self) -> Mapping[str, Counter | Histogram]:
        meter = self._metrics.get_meter(SCOPE)
        counters = {
            name: meter.create_counter(name, unit, text) for name, (unit, text) in _COUNTERS.items()
        }
        histograms = {
            name: meter.create_histogram(
                name, "s", text, explicit_bucket_boundaries_advisory=_BOUNDS
            )
            for name, text in _HISTOGRAMS.items()
        }
        return {**counters, **histograms}


class _Ids(IdGenerator):
    """The ids of the next span: ours are made already."""

    trace = 0
    span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


def _span_exporters(environment: Mapping[str, str]) -> Iterator[SpanExporter]:
    if to_collector(environment):
        from opentelemetry.exporter.otlp.proto.http import trace_exporter  # noqa: PLC0415

        yield trace_exporter.OTLPSpanExporter()
    if to_azure_monitor(environment):
        from azure.monitor.opentelemetry.exporter import AzureMonitorTraceExporter  # noqa: PLC0415

        yield AzureMonitorTraceExporter()


def _metric_exporters(environment: Mapping[str, str]) -> Iterator[MetricExporter]:
    if to_collector(environment):
        from opentelemetry.exporter.otlp.proto.http import metric_exporter  # noqa: PLC0415

        yield metric_exporter.OTLPMetricExporter()
    if to_azure_monitor(environment):
        from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415
            AzureMonitorMetricExporter,
        )

        yield AzureMonitorMetricExporter()


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)
