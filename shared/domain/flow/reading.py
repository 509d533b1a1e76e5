"""A flow file and its package, read into a flow and everything that is wrong with it."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from shared.domain.document import Document, reach
from shared.domain.errors import MOST_FINDINGS, Finding
from shared.domain.flow import connections
from shared.domain.flow.contents import Contents
from shared.domain.flow.entry import Entry
from shared.domain.flow.environment import (
    environment_findings,
    environment_variables,
    include_findings,
    read_environment,
    requirement_files,
)
from shared.domain.flow.evaluation import evaluation_findings
from shared.domain.flow.flex import read_entry
from shared.domain.flow.graph import Graph, graph_findings
from shared.domain.flow.model import Flow, FlowInput, FlowOutput, Kind
from shared.domain.flow.nodes import node_findings, read_nodes
from shared.domain.flow.ports import port_findings, read_ports
from shared.domain.flow.reference import reference
from shared.domain.flow.tools import read_tools

type Read = tuple[Flow | None, tuple[Finding, ...]]


def read_flow(document: Document, contents: Contents) -> Read:
    """Reads a flow file, with all findings at once; None where it is no flow file at all."""
    if not isinstance(document.value, Mapping):
        cause = "the flow file is empty or not a mapping"
        return None, (document.finding((), cause, "Write inputs, outputs and nodes"),)
    # The runtime goes by the entry, whatever the file's name (promptflow 1.18, `is_flex_flow`).
    if "entry" in document.value or ".flex." in document.file:
        return _flex(document, contents)
    return _dag(document, contents)


def _dag(document: Document, contents: Contents) -> Read:
    flow, findings = _common("dag", document, contents)
    placed, wrong_nodes = read_nodes(document)
    tools = read_tools(placed, document, contents)
    nodes = tuple(node for _, node in placed)
    llm = {node.name for node in nodes if node.type == "llm"}
    graph = Graph(document, flow["outputs"], placed)
    found = (
        *findings,
        *wrong_nodes,
        *node_findings(placed, document),
        *tools.findings,
        *islice(graph_findings(graph), 2 * MOST_FINDINGS),
        *port_findings("dag", flow["inputs"], flow["outputs"], document),
        *evaluation_findings(document, placed, tools.sources.values(), Entry()),
    )
    used = connections.node_connections(placed, tools, document, contents)
    return Flow(
        **flow | {"connections": (*used, *flow["connections"])},
        nodes=nodes,
        uses_index_lookup=any(connections.uses_index_lookup(node) for node in nodes),
        streams=any((to := reference(o.reference)) and to.node in llm for o in flow["outputs"]),
    ), found


def _flex(document: Document, contents: Contents) -> Read:
    flow, findings = _common("flex", document, contents)
    entry, wrong_entry = read_entry(document, contents)
    flow["inputs"] = flow["inputs"] or entry.inputs
    sources = [entry.source] if entry.source else []
    found = (
        *findings,
        *wrong_entry,
        *port_findings("flex", flow["inputs"], flow["outputs"], document),
        *evaluation_findings(document, (), sources, entry),
    )
    said, sample = document.value.get("entry"), reach(document.value, ("sample", "inputs"))[0]
    return Flow(
        **flow
        | {"connections": (*connections.flex_connections(document, entry), *flow["connections"])},
        entry=said if isinstance(said, str) else None,
        streams=entry.generates,
        sample=sample if isinstance(sample, Mapping) else {},
    ), found


def _common(
    kind: Kind, document: Document, contents: Contents
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """What both kinds of flow say in the same way."""
    inputs, wrong_inputs = read_ports(FlowInput, "inputs", document)
    outputs, wrong_outputs = read_ports(FlowOutput, "outputs", document)
    environment, wrong_environment = read_environment(document, contents)
    variables, wrong_variables = environment_variables(document)
    title = document.value.get("display_name") or document.value.get("name")
    language = document.value.get("language", "python")
    wrong_language = (
        ()
        if language == "python"
        else (
            document.finding(
                ("language",), f"the language is '{language}'", "Only python is served"
            ),
        )
    )
    return {
        "kind": kind,
        "file": document.file,
        "title": str(title) if title else None,
        "inputs": inputs,
        "outputs": outputs,
        "environment": environment,
        "requirement_files": requirement_files(environment, contents),
        "environment_variables": variables,
        "connections": (
            *connections.environment_connections(document),
            *connections.prompty_connections(contents),
        ),
    }, (
        *wrong_language,
        *wrong_inputs,
        *wrong_outputs,
        *wrong_environment,
        *wrong_variables,
        *environment_findings(environment, document, contents),
        *include_findings(document, contents),
    )
