"""Read the code of a dag flow's nodes: files, tools and their connections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.dag.nodes import PlacedNode
from shared.domain.kinds.prompt_flow.dag.tool_inputs import tool_input_findings
from shared.domain.kinds.prompt_flow.dag.tool_source import Tool, read_tool
from shared.domain.kinds.prompt_flow.model import Node
from shared.domain.kinds.prompt_flow.values import DAG_TYPES
from shared.domain.parsing.document import Document, Path
from shared.domain.parsing.python.source import PythonSource, parse_python
from shared.domain.parsing.text import join_names

_KNOWN_PACKAGES = ("promptflow.tools.", "promptflow_vectordb.", "promptflow.rag.")
BROUGHT = (
    "promptflow.tools.aoai_gpt4v.AzureOpenAI.chat",
    "promptflow.tools.azure_content_safety.analyze_text",
    "promptflow.tools.embedding.embedding",
    "promptflow.tools.llm.llm",
    "promptflow.tools.llm_vision.llm_vision",
    "promptflow.tools.open_model_llm.OpenModelLLM.call",
    "promptflow.tools.openai_gpt4v.OpenAI.chat",
    "promptflow.tools.serpapi.SerpAPI.search",
)
"""All of promptflow-tools 1.6."""
_VALUE_TYPES = frozenset({*DAG_TYPES, "function_str", "function_list"})


@dataclass(frozen=True)
class Tools:
    """Sources of a dag flow and their tools, by path; tools that cannot be seen are left out."""

    sources: Mapping[str, PythonSource]
    found: Mapping[str, Tool]
    findings: tuple[Finding, ...]


def read_tools(placed: tuple[PlacedNode, ...], document: Document, contents: Contents) -> Tools:
    """Find and read every file and tool that a node names."""
    sources, found = dict[str, PythonSource](), dict[str, Tool]()
    findings = list[Finding]()
    parsed = set[str]()
    for at, node in placed:
        findings.extend(_missing(at, node, document, contents))
        path = code_path(node, contents)
        if path in contents.texts and path not in parsed and path.endswith(".py"):
            parsed.add(path)
            source, wrong = parse_python(contents.texts[path], path)
            findings.extend(wrong)
            if source is not None:
                sources[path] = source
                tool, wrong = read_tool(source)
                findings.extend(wrong)
                found |= {path: tool} if tool is not None else {}
        if path in found:
            findings.extend(tool_input_findings((at, node), found[path], document))
    return Tools(sources, found, tuple(findings))


def code_path(node: Node, contents: Contents) -> str:
    """Return the Python file of a node, or an empty text."""
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
        elif node.type == "python" and not source.path.endswith(".py"):
            cause = f"the source of node '{node.name}' does not end in .py"
            remedy = "Rename the file: the runtime loads only .py files"
            yield document.finding((*at, "source", "path"), cause, remedy)
    if source.type in {"package", "package_with_prompt"}:
        if not source.tool:
            cause = f"the source of node '{node.name}' names no tool"
            yield document.finding((*at, "source"), cause, "Add 'tool:' with the tool's full name")
        elif source.tool.startswith("promptflow.tools.") and source.tool not in BROUGHT:
            cause = f"promptflow-tools has no tool '{source.tool}'"
            remedy = _near(source.tool)
            yield document.finding((*at, "source", "tool"), cause, remedy)
        elif not source.tool.startswith(_KNOWN_PACKAGES) and not _listed(source.tool, contents):
            cause = f"the tool '{source.tool}' is not part of the runtime"
            remedy = "Make sure that requirements.txt names its package"
            yield document.finding((*at, "source", "tool"), cause, remedy, "warning")


def _near(tool: str) -> str:
    near = get_close_matches(tool, BROUGHT, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"It has: {join_names(BROUGHT)}"


def _listed(tool: str, contents: Contents) -> bool:
    return tool in _tools_json(contents, "package")


def _tools_json(contents: Contents, kind: str) -> Mapping[str, Any]:
    said = contents.tools.get(kind)
    return said if isinstance(said, Mapping) else {}


def connection_inputs(node: Node, tools: Tools, contents: Contents) -> frozenset[str]:
    """Return the inputs of a python node whose literal values name a connection.

    Uses the annotations of its tool and .promptflow/flow.tools.json; for an unknown package tool,
    the input `connection`, as all of promptflow-tools name it.
    """
    path = code_path(node, contents)
    join_names = _tools_json(contents, "code").get(path)
    if node.source and node.source.tool:
        join_names = _tools_json(contents, "package").get(node.source.tool)
        if join_names is None:
            return frozenset({"connection"})
    if path in tools.found:  # the runtime uses only the source
        parameters = tools.found[path].parameters
        return frozenset(each.name for each in parameters if each.kind.name == "connection")
    return _listed_inputs(join_names)


def _listed_inputs(join_names: Any) -> frozenset[str]:
    inputs = join_names.get("inputs") if isinstance(join_names, Mapping) else None
    if not isinstance(inputs, Mapping):
        return frozenset()
    return frozenset(name for name, spec in inputs.items() if _connection_typed(spec))


def _connection_typed(spec: Any) -> bool:
    said = spec.get("type") if isinstance(spec, Mapping) else None
    types = said if isinstance(said, list) else [said]
    return any(isinstance(each, str) and each.lower() not in _VALUE_TYPES for each in types)
