"""Check the graph of a dag flow: names, references, order."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.dag.reference import reference
from shared.domain.kinds.prompt_flow.model import FlowOutput, Node
from shared.domain.parsing.document import Document, Path
from shared.domain.parsing.nearest_name import nearest_name


@dataclass(frozen=True)
class Graph:
    """A dag flow's parts, with the place of each node in the flow file."""

    document: Document
    outputs: tuple[FlowOutput, ...]
    nodes: tuple[tuple[Path, Node], ...]

    @cached_property
    def declared(self) -> tuple[list[str], list[str]]:
        """Names of inputs and nodes, also of those with other faults."""
        inputs = self.document.value.get("inputs")
        nodes = self.document.value.get("nodes")
        return (
            [str(name) for name in inputs] if isinstance(inputs, Mapping) else [],
            [str(n["name"]) for n in nodes if isinstance(n, Mapping) and "name" in n]
            if isinstance(nodes, list)
            else [],
        )


def graph_findings(graph: Graph) -> Iterator[Finding]:
    """Find faults between inputs, nodes and outputs."""
    yield from _twice(graph)
    for at, node in graph.nodes:
        for key, value in node.inputs.items():
            yield from _dangling(graph, value, (*at, "inputs", key), f"node '{node.name}'")
        if node.activate:
            yield from _dangling(
                graph, node.activate.when, (*at, "activate", "when"), f"node '{node.name}'"
            )
    for output in graph.outputs:
        at = ("outputs", output.name, "reference")
        if output.reference in (None, ""):
            # The runtime takes null as a value: the output is then null in every answer.
            null = graph.document.has(*at) and output.reference is None
            cause = f"output '{output.name}' refers to nothing"
            remedy = "Add 'reference: ${node.output}'"
            yield graph.document.finding(at, cause, remedy, "warning" if null else "error")
        yield from _dangling(graph, output.reference, at, f"output '{output.name}'", output=True)
    yield from _cycle(graph)


def _twice(graph: Graph) -> Iterator[Finding]:
    times = Counter(node.name for _, node in graph.nodes)
    seen = set[str]()
    for at, node in graph.nodes:
        if times[node.name] > 1 and node.name in seen:
            cause = f"node '{node.name}' is defined {_count(times[node.name])}"
            yield graph.document.finding((*at, "name"), cause, "Rename or remove one")
        seen.add(node.name)


def _count(times: int) -> str:
    return "twice" if times == 2 else f"{times} times"


def _dangling(
    graph: Graph, value: Any, at: Path, who: str, *, output: bool = False
) -> Iterator[Finding]:
    """Find a reference to a missing input or node; an output's section is not checked."""
    to = reference(value)
    if to is None:
        return
    inputs, nodes = graph.declared
    if to.input is not None and to.input not in inputs:
        cause = f"{who} refers to '{value}', but the flow has no input '{to.input}'"
        yield graph.document.finding(at, cause, _instead(to.input, inputs, "inputs"))
    elif to.node is not None and to.node not in nodes:
        cause = f"{who} refers to '{value}', but the flow has no node '{to.node}'"
        yield graph.document.finding(at, cause, _instead(to.node, nodes, "nodes"))
    elif to.node is not None and to.section != "output" and not output:
        cause = f"{who} refers to '{value}', but a node has only '.output'"
        yield graph.document.finding(at, cause, f"Write ${{{to.node}.output}}")


def _instead(name: str, known: list[str], kind: str) -> str:
    if meant := nearest_name(name, known):
        return f"Did you mean '{meant}'?"
    return f"The flow's {kind}: {', '.join(known) or 'none'}"


def _cycle(graph: Graph) -> Iterator[Finding]:
    needs = {node.name: _needed(node) for _, node in graph.nodes}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        cycle = list(dict.fromkeys(error.args[1]))
        at = next(at for at, node in graph.nodes if node.name in cycle)
        cause = f"the nodes {', '.join(sorted(cycle))} wait for each other"
        yield graph.document.finding(at, cause, "Break the cycle of references")


def _needed(node: Node) -> set[str]:
    values = [*node.inputs.values(), *([node.activate.when] if node.activate else [])]
    return {to.node for value in values if (to := reference(value)) and to.node}
