"""Read the nodes of a dag flow, with their default variants."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.model import Node, Variants
from shared.domain.parsing.document import Document, Path
from shared.domain.parsing.pydantic_findings import shape

MOST_NODES = 1_000
"""More than any person writes; bounds the time to compare nodes."""

type PlacedNode = tuple[Path, Node]
"""A node, and the place of its definition: in `nodes`, or in its variant."""


def read_nodes(document: Document) -> tuple[tuple[PlacedNode, ...], tuple[Finding, ...]]:
    """Read the flow's nodes; invalid ones are left out with a finding."""
    said = document.value.get("nodes") or []
    if not isinstance(said, list):
        return (), (document.finding(("nodes",), "'nodes' is not a list", "Write a list of nodes"),)
    if len(said) > MOST_NODES:
        cause = f"the flow has {len(said)} nodes, over {MOST_NODES}"
        return (), (document.finding(("nodes",), cause, "Split the flow"),)
    placed, findings = list[PlacedNode](), list[Finding]()
    for index, value in enumerate(said):
        node, wrong = shape(Node, _without_nulls(value), document, ("nodes", index))
        findings.extend(wrong)
        if node is None:
            continue
        at: Path = ("nodes", index)
        if node.use_variants:
            at, node, wrong = _variant(node, at, document)
            findings.extend(wrong)
        placed.append((at, node))
    if not said:
        cause, remedy = "the flow has no nodes", "Add a node, or an entry for a flex flow"
        findings.append(document.finding(("nodes",), cause, remedy))
    return tuple(placed), (*findings, *_loading_findings(said, document))


def _loading_findings(said: list[Any], document: Document) -> Iterator[Finding]:
    """Find faults with which the runtime does not load the file, even in unused variants."""
    for index, value in enumerate(said):
        yield from _condition(value, ("nodes", index), document)
    every = document.value.get("node_variants")
    for name, variants in every.items() if isinstance(every, Mapping) else ():
        at: Path = ("node_variants", name)
        if not isinstance(variants, Mapping) or not isinstance(variants.get("variants"), Mapping):
            cause = f"'node_variants.{name}' has no variants"
            yield document.finding(at, cause, "Write 'variants:' under it, or leave it out")
            continue
        for key, variant in variants["variants"].items():
            node = variant.get("node") if isinstance(variant, Mapping) else None
            where: Path = (*at, "variants", key, "node")
            if not isinstance(node, Mapping):
                cause = f"the variant '{key}' of node '{name}' has no node"
                yield document.finding(where, cause, "Write 'node:' under it, or leave it out")
                continue
            yield from _condition(node, where, document)
            if "type" in node and node["type"] not in (*_SOURCES, "csharp", "_action"):
                cause = f"the variant '{key}' of node '{name}' has the {_unknown(node['type'])}"
                yield document.finding((*where, "type"), cause, f"Use {', '.join(_SOURCES)}")


def _condition(value: Any, at: Path, document: Document) -> Iterator[Finding]:
    """Find an empty `activate:`, with which the runtime does not start."""
    said = value.get("activate", {}) if isinstance(value, Mapping) else {}
    if isinstance(value, Mapping) and "activate" in value and said is None:
        cause = "'activate' is empty, so the runtime does not start"
        yield document.finding((*at, "activate"), cause, "Write 'when:' and 'is:', or leave it out")


def _variant(node: Node, at: Path, document: Document) -> tuple[Path, Node, tuple[Finding, ...]]:
    """Return the node's default variant; the node itself, with a finding, if there is none."""
    where: Path = ("node_variants", node.name)
    every = document.value.get("node_variants")
    said = every.get(node.name) if isinstance(every, Mapping) else None
    if said is None:
        cause = f"node '{node.name}' uses variants, but 'node_variants' has none for it"
        remedy = f"Add node_variants.{node.name}, or remove use_variants"
        return at, node, (document.finding((*at, "use_variants"), cause, remedy),)
    variants, wrong = shape(Variants, said, document, where)
    if variants is None:
        return at, node, wrong
    default = variants.default_variant_id
    if isinstance(default, list | dict):
        cause = f"the default_variant_id of node '{node.name}' is not a name"
        return (
            at,
            node,
            (document.finding((*where, "default_variant_id"), cause, "Name a variant"),),
        )
    chosen = variants.variants.get(default)
    if not isinstance(chosen, Mapping) or not isinstance(chosen.get("node"), Mapping):
        cause = f"node '{node.name}' has no variant '{default}' with a node"
        remedy = (
            f"Set default_variant_id to one of: {', '.join(map(str, variants.variants)) or 'none'}"
        )
        return at, node, (document.finding((*where, "default_variant_id"), cause, remedy),)
    at = (*where, "variants", default, "node")
    value = {**_without_nulls(chosen["node"]), "name": node.name}
    read, wrong = shape(Node, value, document, at)
    return at, read or node, wrong


def _without_nulls(value: Any) -> Any:
    """Leave out keys without a value, as the runtime does."""
    if not isinstance(value, Mapping):
        return value
    return {key: each for key, each in value.items() if each is not None}


def node_findings(placed: tuple[PlacedNode, ...], document: Document) -> Iterator[Finding]:
    """Find node types and sources that the runtime does not support; files are checked later."""
    for at, node in placed:
        if node.use_variants:
            continue
        known = _SOURCES.get(node.type or "")
        if known is None:
            cause = f"node '{node.name}' has the {_unknown(node.type)}"
            yield document.finding((*at, "type"), cause, f"Use {', '.join(_SOURCES)}")
            continue
        if node.source is None:
            cause = f"node '{node.name}' has no source"
            yield document.finding(at, cause, "Add 'source:' with a type and a path or tool")
        elif node.source.type not in known:
            cause = f"a {node.type} node cannot have a source of type '{node.source.type}'"
            yield document.finding((*at, "source", "type"), cause, f"Use {' or '.join(known)}")
        if node.type == "llm":
            yield from _llm_findings(at, node, document)


_SOURCES: Mapping[str, tuple[str, ...]] = {
    "llm": ("code",),
    "python": ("code", "package"),
    "prompt": ("code",),
    "custom_llm": ("package_with_prompt",),
}
"""Node types that the Python runtime serves, with their sources (promptflow 1.18)."""


def _unknown(kind: str | None) -> str:
    if kind is None:
        return "missing type"
    return f"type '{kind}', which the Python runtime does not serve"


def _llm_findings(at: Path, node: Node, document: Document) -> Iterator[Finding]:
    for field, example in (("connection", "open_ai_connection"), ("api", "chat")):
        if not getattr(node, field):
            cause = f"the llm node '{node.name}' names no {field}"
            yield document.finding(at, cause, f"Add '{field}: {example}' or the like")
