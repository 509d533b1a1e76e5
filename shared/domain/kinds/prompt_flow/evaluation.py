"""Recognise evaluation flows: they score answers of other flows, so they are not deployed."""

from collections.abc import Iterable, Iterator

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.dag.nodes import PlacedNode
from shared.domain.kinds.prompt_flow.flex.entry import Entry
from shared.domain.parsing.document import Document
from shared.domain.parsing.python.source import PythonSource

_REMEDY = "Deploy the flow that this one evaluates; run this one as a batch"


def evaluation_findings(
    document: Document,
    placed: tuple[PlacedNode, ...],
    sources: Iterable[PythonSource],
    entry: Entry,
) -> Iterator[Finding]:
    """Find every sign of an evaluation flow.

    The SDK writes `type: evaluation`, older files have `evaluate`, and Microsoft's examples have
    neither, but an aggregation node or `log_metric`.
    """
    if document.value.get("type") in ("evaluation", "evaluate"):
        cause = f"an evaluation flow: its type is '{document.value['type']}'"
        yield document.finding(("type",), cause, _REMEDY)
    for at, node in placed:
        if node.aggregation or node.reduce:
            key = "aggregation" if node.aggregation else "reduce"
            cause = f"an evaluation flow: node '{node.name}' aggregates over many lines"
            yield document.finding((*at, key), cause, _REMEDY)
    for source in sources:
        line = source.mentions("log_metric")
        if line is not None:
            yield Finding(source.file, line, "an evaluation flow: it logs a metric", _REMEDY)
    aggregate = entry.method("__aggregate__")
    if aggregate is not None and entry.source:
        cause = "an evaluation flow: its class aggregates over many lines"
        yield Finding(entry.source.file, aggregate.lineno, cause, _REMEDY)
