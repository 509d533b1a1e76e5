"""A job's trace as text: each step and call with its bar on one axis of time."""

from collections.abc import Iterator, Sequence
from typing import Final

from local.traces.spans import Received

_BAR: Final = 40
_NAME: Final = 52
_QUIET: Final = ("storage",)
"""Services whose calls are counted in a line of their own: each piece of work has many."""


def waterfall(trace: Sequence[Received]) -> str:
    """Draw the spans of one job that has ended."""
    job = next(it for it in trace if not it.parent)
    begin, end = min(it.begin for it in trace), max(it.end for it in trace)
    what = job.attributes
    title = f"job {what.get('sluice.job')}  {what.get('sluice.source')}"
    place = f" at endpoint {what['sluice.endpoint']}" if what.get("sluice.endpoint") else ""
    head = f"{title}: {what.get('sluice.outcome')}{place}, {_seconds(job)}, trace {job.trace}"
    lines = [head]
    for depth, span in _in_order(trace, job):
        lines.append(f"  {_name(span, depth)} |{_bar(span, begin, end)}| {_seconds(span):>8}")
        if calls := [it for it in _below(trace, span) if _is_quiet(it)]:
            spent = sum(it.end - it.begin for it in calls)
            text = f"{'  ' * (depth + 1)}storage, {len(calls)} call{'s' if len(calls) > 1 else ''}"
            lines.append(f"  {text:<{_NAME}} |{' ' * _BAR}| {_text(spent):>8}")
    return "\n".join(lines)


def _in_order(
    trace: Sequence[Received], span: Received, depth: int = 0
) -> Iterator[tuple[int, Received]]:
    """The spans below one, each before those below it."""
    for one in _below(trace, span):
        if _is_quiet(one):
            continue
        yield depth, one
        yield from _in_order(trace, one, depth + 1)


def _below(trace: Sequence[Received], span: Received) -> list[Received]:
    """What is drawn below a span: of a step that took a single try, the calls of that."""
    below = _children(trace, span)
    alone = len(below) == 1 and "sluice.call" in below[0].attributes
    return _children(trace, below[0]) if alone else below


def _children(trace: Sequence[Received], span: Received) -> list[Received]:
    return sorted((it for it in trace if it.parent == span.id), key=lambda it: (it.begin, it.end))


def _is_quiet(span: Received) -> bool:
    return span.attributes.get("sluice.service") in _QUIET and not span.problem


def _name(span: Received, depth: int) -> str:
    status = span.attributes.get("http.response.status_code", "")
    said = (
        span.attributes.get("sluice.status") or span.attributes.get("sluice.step.state") or status
    )
    name = f"{'  ' * depth}{span.name} {said}".rstrip()
    if span.problem and span.problem != str(status):
        name = f"{name}: {span.problem.partition(chr(10))[0]}"
    return f"{name[: _NAME - 1]}…" if len(name) > _NAME else f"{name:<{_NAME}}"


def _bar(span: Received, begin: float, end: float) -> str:
    scale = _BAR / max(end - begin, 1e-9)
    left = min(int((span.begin - begin) * scale), _BAR - 1)
    right = max(left + 1, min(round((span.end - begin) * scale), _BAR))
    return " " * left + ("x" if span.problem else "█") * (right - left) + " " * (_BAR - right)


def _seconds(span: Received) -> str:
    return _text(span.end - span.begin)


def _text(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"
