"""Read a flow file and its package into a flow and findings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from shared.domain.errors import MOST_FINDINGS, Finding, Severity
from shared.domain.kinds.prompt_flow import connections
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.dag.graph import Graph, graph_findings
from shared.domain.kinds.prompt_flow.dag.nodes import node_findings, read_nodes
from shared.domain.kinds.prompt_flow.dag.prompts import prompt_findings
from shared.domain.kinds.prompt_flow.dag.reference import reference
from shared.domain.kinds.prompt_flow.dag.tools import read_tools
from shared.domain.kinds.prompt_flow.environment import (
    environment_findings,
    environment_variables,
    include_findings,
    read_environment,
    requirement_files,
)
from shared.domain.kinds.prompt_flow.evaluation import evaluation_findings
from shared.domain.kinds.prompt_flow.flex.entry import Entry
from shared.domain.kinds.prompt_flow.flex.entry_import import CONFIG, making_findings, read_entry
from shared.domain.kinds.prompt_flow.flex.inputs import flex_inputs
from shared.domain.kinds.prompt_flow.flex.interface import composed
from shared.domain.kinds.prompt_flow.images import image_findings
from shared.domain.kinds.prompt_flow.model import Flow, FlowInput, FlowOutput, Kind
from shared.domain.kinds.prompt_flow.ports import port_findings, read_ports
from shared.domain.kinds.prompt_flow.prompty import AT as CONFIGURATION
from shared.domain.kinds.prompt_flow.prompty import (
    connection_finding,
    prompty_findings,
    template_findings,
    unset_findings,
)
from shared.domain.kinds.prompt_flow.serving_engine import STREAMING, engine_findings
from shared.domain.kinds.prompt_flow.start import start_findings
from shared.domain.parsing.document import Document, reach

type Read = tuple[Flow | None, tuple[Finding, ...]]


def read_flow(document: Document, contents: Contents) -> Read:
    """Read a flow file, with all findings at once; the flow is None if the file is no mapping."""
    if not isinstance(document.value, Mapping):
        cause = "the flow file is empty or not a mapping"
        return None, (document.finding((), cause, "Write inputs, outputs and nodes"),)
    # The runtime decides by the entry, not by the file's name (promptflow 1.18, `is_flex_flow`).
    flex = "entry" in document.value or ".flex." in document.file
    flow, found = _flex(document, contents) if flex else _dag(document, contents)
    said = flow.environment_variables if flow is not None else {}
    unset = [unset_findings(it, said, "warning") for it in contents.prompties.values()]
    return _unless(flow, (*found, *prompty_warnings(contents)), *unset)


def _unless(
    flow: Flow | None,
    found: tuple[Finding, ...],
    *unless: Mapping[str, tuple[Finding, ...]],
) -> Read:
    """Add findings that a variable of the deployment can settle."""
    if flow is None:
        return None, found
    together = dict(flow.unless_set)
    for name, findings in (item for each in unless for item in each.items()):
        together[name] = (*together.get(name, ()), *findings)
    more = (finding for each in unless for findings in each.values() for finding in findings)
    return replace(flow, unless_set=together), (*found, *more)


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
        *prompt_findings(placed, document, contents),
        *islice(graph_findings(graph), 2 * MOST_FINDINGS),
        *port_findings(flow["inputs"], flow["outputs"], document),
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
    entry, wrong_entry = read_entry(document, contents)
    # The runtime takes inputs from the entry; if it has any, faults of the file's do not matter.
    counts: Severity = "warning" if entry.signature and entry.signature.parameters else "error"
    flow, findings = _common("flex", document, contents, counts)
    read = flex_inputs(entry, flow["inputs"], document)
    written = tuple(it for it in flow["inputs"] if it.default != "")
    flow["inputs"] = read.inputs
    sources = [entry.source] if entry.source else []
    unless = {CONFIG: tuple(making_findings(entry, document)), STREAMING: engine_findings(entry)}
    found = (
        *findings,
        *wrong_entry,
        *read.findings,
        *(finding for each in unless.values() for finding in each),
        *port_findings(written, (), document, severity=counts),
        *port_findings(
            (), flow["outputs"], document, severity="warning" if composed(entry) else "error"
        ),
        *evaluation_findings(document, (), sources, entry),
    )
    said, sample = document.value.get("entry"), reach(document.value, ("sample", "inputs"))[0]
    used = tuple(connections.flex_connections(document, entry))
    made = entry.made_with.parameters if entry.made_with else ()
    return Flow(
        **flow | {"connections": (*used, *flow["connections"])},
        entry=said if isinstance(said, str) else None,
        streams=entry.generates,
        sample=sample if isinstance(sample, Mapping) else {},
        made_with_connections=bool(used)
        or any(it.kind.name in {"connection", "model_config"} for it in made),
        unless_set=unless,
    ), found


def read_prompty(document: Document, template: str, line: int, contents: Contents) -> Read:
    """Read the one prompty of a folder as a flow. `line`: first line of its template."""
    if not isinstance(document.value, Mapping):
        cause = "the front matter is empty or not a mapping"
        return None, (document.finding((), cause, "Write model and inputs"),)
    flow, findings = _common("prompty", document, contents)
    found = (
        *findings,
        *port_findings(flow["inputs"], flow["outputs"], document),
        *prompty_findings(document),
        *template_findings(document, template, line),
    )
    sample = document.value.get("sample")
    read = Flow(
        **flow,
        sample=sample if isinstance(sample, Mapping) else {},
        streams=reach(document.value, ("model", "parameters", "stream"))[0] is True,
    )
    own = read.environment.image is not None
    unset = unset_findings(document, read.environment_variables, "warning" if own else "error")
    return _unless(read, found, unset)


def prompty_warnings(contents: Contents) -> Iterator[Finding]:
    """Warn about prompties beside a flow with a connection by name; code may replace it."""
    for document in contents.prompties.values():
        name = reach(document.value, (*CONFIGURATION, "connection"))[0]
        if isinstance(name, str) and name:
            yield connection_finding(document, "warning")


def _common(
    kind: Kind, document: Document, contents: Contents, severity: Severity = "error"
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Read what all kinds of flow have in common."""
    inputs, wrong_inputs = read_ports(FlowInput, "inputs", document, severity)
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
        "connections": tuple(connections.environment_connections(document)),
    }, (
        *wrong_language,
        *wrong_inputs,
        *wrong_outputs,
        *wrong_environment,
        *wrong_variables,
        *image_findings(inputs, document, contents),
        *start_findings(document, contents),
        *environment_findings(environment, document, contents),
        *include_findings(document, contents),
    )
