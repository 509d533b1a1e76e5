"""Records the work and the calls of this process, and hands them on when a piece of work is done.

A call belongs to the work of its thread; one that another thread makes is counted, and no more.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.domain.failure import AzureFailure
from shared.domain.jobs.trace import Span, Value, job_spans, span_id, trace_id
from shared.domain.masking import masked
from shared.ports.telemetry import Call, Work

_MOST = 300
"""Characters of a text. A trace is no log."""

THROTTLED = 429
_ORDINARY = frozenset({404, 409, 412})
"""Whoever looks before writing, or writes only what is not there, expects these answers."""


class Sink(Protocol):
    """Takes what is recorded. Neither call waits or raises."""

    def spans(self, job: str, spans: list[Span]) -> None:
        """Take spans of a job's trace."""

    def measure(self, name: str, value: float, **attributes: Value) -> None:
        """Take a measurement for the metric of that name."""


@dataclass
class _Open:
    """The work that a thread does now, its span's id, and the calls that it has made."""

    id: str
    calls: list[Span] = field(default_factory=list)


_OPEN: ContextVar[_Open | None] = ContextVar("sluice_work", default=None)


class Recorder:
    """The port on a sink."""

    on = True

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    @contextmanager
    def work(
        self, name: str, *, job: str = "", step: str = "", **attributes: str | int
    ) -> Iterator[Work]:
        work = Work(name, job, step, attributes=dict(attributes))
        mine = _Open(_any_id())
        token, begin, clock = _OPEN.set(mine), time.time(), time.monotonic()
        try:
            with _log_context(job, mine.id):
                yield work
        except BaseException as error:
            work.problem = work.problem or type(error).__name__
            raise
        finally:
            _OPEN.reset(token)
            if work.job and work.told:
                span = Span(
                    work.name,
                    id=mine.id,
                    parent=span_id(work.job, work.step),
                    begin=begin,
                    end=begin + time.monotonic() - clock,
                    problem=work.problem,
                    attributes=work.attributes,
                )
                self._tell(work.job, [*mine.calls, span])

    @contextmanager
    def call(self, service: str, method: str, path: str) -> Iterator[Call]:
        call, begin, clock = Call(), time.time(), time.monotonic()
        problem = ""
        try:
            yield call
        except Exception as error:
            problem = type(error).__name__
            raise
        finally:
            seconds = time.monotonic() - clock
            self._count(service, method, call, seconds)
            if (work := _OPEN.get()) is not None:
                attributes: dict[str, Value] = {
                    "sluice.service": service,
                    "http.request.method": method,
                    "url.path": path,
                }
                if call.status:
                    attributes["http.response.status_code"] = call.status
                if call.retry_after is not None:
                    attributes["sluice.retry_after"] = call.retry_after
                if call.status >= 400 and call.status not in _ORDINARY:
                    problem = str(call.status)
                work.calls.append(
                    Span(
                        f"{method} {_resource(path) or service}",
                        id=_any_id(),
                        parent=work.id,
                        begin=begin,
                        end=begin + seconds,
                        kind="call",
                        problem=problem,
                        attributes=attributes,
                    )
                )

    def ended(self, look: Callable[[], Mapping[str, Any] | None]) -> None:
        try:
            shown = look()
        except AzureFailure:  # the job has its result; only its trace lacks the frame
            return
        if shown is None or not shown["result"]:
            return
        spans = list(job_spans(shown))
        self._tell(str(shown["job"]), spans)
        for span in spans:
            what = span.attributes
            seconds = span.end - span.begin
            if span.kind == "job":
                named = {it: what[f"sluice.{it}"] for it in ("outcome", "kind", "door")}
                self._sink.measure("sluice.jobs", 1, **named)
                self._sink.measure("sluice.job.duration", seconds, **named)
            else:
                named = {it: what[f"sluice.step.{it}"] for it in ("kind", "state")}
                self._sink.measure("sluice.step.duration", seconds, **named)

    def _count(self, service: str, method: str, call: Call, seconds: float) -> None:
        named: dict[str, Value] = {"service": service, "method": method, "status": call.status}
        self._sink.measure("sluice.call.duration", seconds, **named)
        if call.status == THROTTLED or call.retry_after:
            self._sink.measure("sluice.throttles", 1, service=service, status=call.status)
            self._sink.measure("sluice.throttle.seconds", call.retry_after or 0.0, service=service)

    def _tell(self, job: str, spans: list[Span]) -> None:
        self._sink.spans(job, [_safe(it) for it in spans])


@contextmanager
def _log_context(job: str, span: str) -> Iterator[None]:
    """Let what is logged meanwhile, and sent as OpenTelemetry, belong to the job's trace."""
    if not job:
        yield
        return
    from opentelemetry import context, trace  # noqa: PLC0415 - only where something is told

    here = trace.SpanContext(
        int(trace_id(job), 16),
        int(span, 16),
        is_remote=False,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    token = context.attach(trace.set_span_in_context(trace.NonRecordingSpan(here)))
    try:
        yield
    finally:
        context.detach(token)


def _safe(span: Span) -> Span:
    """Without secrets, and without long texts."""
    attributes = {name: _text(value) for name, value in span.attributes.items()}
    return Span(
        name=str(_text(span.name)),
        id=span.id,
        parent=span.parent,
        begin=span.begin,
        end=span.end,
        kind=span.kind,
        problem=str(_text(span.problem)),
        attributes=attributes,
    )


def _text(value: Value) -> Value:
    return masked(value)[:_MOST] if isinstance(value, str) else value


def _resource(path: str) -> str:
    """The types in an ARM id, after its last provider: `onlineEndpoints/deployments`."""
    _, found, rest = path.rpartition("/providers/")
    return "/".join(rest.split("/")[1::2]) if found else ""


def _any_id() -> str:
    return f"{random.getrandbits(64) or 1:016x}"
