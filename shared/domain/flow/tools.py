"""The code behind the nodes of a dag flow: files, tools and the connections they take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.document import Document, Path
from shared.domain.errors import Finding
from shared.domain.flow.contents import Contents
from shared.domain.flow.model import Node
from shared.domain.flow.nodes import PlacedNode
from shared.domain.flow.ports import DAG_TYPES
from shared.domain.flow.python_source import PythonSource, parse_python

_KNOWN_PACKAGES = ("promptflow.tools.", "promptflow_vectordb.", "promptflow.rag.")
_VALUE_TYPES = frozenset({*DAG_TYPES, "function_str", "function_list"})


@dataclass(frozen=True)
class Tools:
    """Sources of a dag flow, and the inputs that take connections, by path of what parses."""

    sources: Mapping[str, PythonSource]
    annotated: Mapping[str, frozenset[str]]
    findings: tuple[Finding, ...]


def read_tools(placed: tuple[PlacedNode, ...], document: Document, contents: Contents) -> Tools:
    """Looks for every file and tool that a node names, and parses the Python ones."""
    sources: dict[str, PythonSource] = {}
    findings = list[Finding]()
    parsed = set[str]()
    for at, node in placed:
        findings.extend(_missing(at, node, document, contents))
        path = code_path(node, contents)
        if path in contents.texts and path not in parsed:
            parsed.add(path)
            source, wrong = parse_python(contents.texts[path], path)
            findings.extend(wrong)
            if source is not None:
                sources[path] = source
                findings.extend(_tool_count(source))
    annotated = {path: _annotated_inputs(source) for path, source in sources.items()}
    return Tools(sources, annotated, tuple(findings))


def code_path(node: Node, contents: Contents) -> str:
    """The Python file of a node, empty where it has none."""
    said = node.source.path if node.source and node.type == "python" else None
    return contents.path_of(said) if said else ""


def _missing(at: Path, node: Node, document: Document, contents: Contents) -> Iterator[Finding]:
    source = node.source
    if source is None:
        return
    if source.type in {"code", "package_with_prompt"}:
        if not source.path:
            cause = f"the source of node '{node.name}' names no path"
            yield document.finding((*at, "source"), cause, "Add 'path:' with the file's name")
        elif lacking := contents.lacking(source.path):
            cause = f"node '{node.name}': {lacking[0]}"
            yield document.finding((*at, "source", "path"), cause, lacking[1])
    if source.type in {"package", "package_with_prompt"}:
        if not source.tool:
            cause = f"the source of node '{node.name}' names no tool"
            yield document.finding((*at, "source"), cause, "Add 'tool:' with the tool's full name")
        elif not source.tool.startswith(_KNOWN_PACKAGES) and not _listed(source.tool, contents):
            cause = f"the tool '{source.tool}' is not one that the runtime brings"
            remedy = "Make sure that requirements.txt names its package"
            yield document.finding((*at, "source", "tool"), cause, remedy, "warning")


def _listed(tool: str, contents: Contents) -> bool:
    return tool in _tools_json(contents, "package")


def _tools_json(contents: Contents, kind: str) -> Mapping[str, Any]:
    said = contents.tools.get(kind)
    return said if isinstance(said, Mapping) else {}


def _tool_count(source: PythonSource) -> Iterator[Finding]:
    """The runtime wants exactly one `@tool` in the source of a node."""
    found = source.tools()
    if len(found) != 1 and not (not found and source.takes_in("*")):
        named = ", ".join(each.name for each in found) or "none"
        cause = f"a node's source needs one function with @tool, and this has {named}"
        line = found[1].lineno if found else 1
        yield Finding(source.file, line, cause, "Leave one @tool function in this file")


def connection_inputs(node: Node, tools: Tools, contents: Contents) -> frozenset[str]:
    """Names of a python node's inputs whose literal values name a connection.

    From the annotations of its tool, and from .promptflow/flow.tools.json; for a package tool that
    nothing describes, the input that all of promptflow-tools call `connection`.
    """
    path = code_path(node, contents)
    listed = _tools_json(contents, "code").get(path)
    if node.source and node.source.tool:
        listed = _tools_json(contents, "package").get(node.source.tool)
        if listed is None:
            return frozenset({"connection"})
    return _listed_inputs(listed) | tools.annotated.get(path, frozenset())


def _annotated_inputs(source: PythonSource) -> frozenset[str]:
    strong = source.strong_connections()
    return frozenset(
        parameter.name
        for parameter in source.tool_parameters()
        if any(name.endswith("Connection") or name in strong for name in parameter.types)
    )


def _listed_inputs(listed: Any) -> frozenset[str]:
    inputs = listed.get("inputs") if isinstance(listed, Mapping) else None
    if not isinstance(inputs, Mapping):
        return frozenset()
    return frozenset(name for name, spec in inputs.items() if _connection_typed(spec))


def _connection_typed(spec: Any) -> bool:
    said = spec.get("type") if isinstance(spec, Mapping) else None
    types = said if isinstance(said, list) else [said]
    return any(isinstance(each, str) and each.lower() not in _VALUE_TYPES for each in types)
