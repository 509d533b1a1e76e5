"""Find the workspace connections that a flow uses, and where it names them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from shared.domain.kinds.content import ConnectionUse
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.dag.nodes import PlacedNode
from shared.domain.kinds.prompt_flow.dag.reference import reference
from shared.domain.kinds.prompt_flow.dag.tools import Tools, connection_inputs
from shared.domain.kinds.prompt_flow.flex.entry import Entry
from shared.domain.kinds.prompt_flow.model import Node
from shared.domain.parsing.document import Document, Path, reach

_ENVIRONMENT_REFERENCE = re.compile(r"\s*\$\{([^.}]+)\.([^.}]+)\}\s*")
"""`${connection.key}` in an environment variable (promptflow 1.18, `_match_reference`)."""
_ARM_CONNECTION = re.compile(r"/connections/([^/\s\"'},]+)", re.IGNORECASE)


def node_connections(
    placed: tuple[PlacedNode, ...], tools: Tools, document: Document, contents: Contents
) -> Iterator[ConnectionUse]:
    """Yield the connections that the nodes of a dag flow use."""
    for at, node in placed:
        who = f"node '{node.name}'"
        if node.connection:
            yield _use(node.connection, document, (*at, "connection"), who)
        if node.type in {"python", "custom_llm"}:
            for key in sorted(connection_inputs(node, tools, contents)):
                value = node.inputs.get(key)
                if isinstance(value, str) and value and reference(value) is None:
                    yield _use(value, document, (*at, "inputs", key), who)
        yield from _index_connections(at, node, document)


def _index_connections(at: Path, node: Node, document: Document) -> Iterator[ConnectionUse]:
    """Yield the connections in an index lookup's `mlindex_content`, which has their ARM ids."""
    content = node.inputs.get("mlindex_content")
    if uses_index_lookup(node) and isinstance(content, str):
        for name in dict.fromkeys(_ARM_CONNECTION.findall(content)):
            yield _use(name, document, (*at, "inputs", "mlindex_content"), f"node '{node.name}'")


def uses_index_lookup(node: Node) -> bool:
    """Return whether the node searches an index of the workspace, and so reads its datastores."""
    tool = node.source.tool if node.source else None
    return bool(tool) and "index_lookup" in str(tool)


def environment_connections(document: Document) -> Iterator[ConnectionUse]:
    """Yield the connections in the flow's environment variables."""
    variables = document.value.get("environment_variables")
    for key, value in variables.items() if isinstance(variables, Mapping) else ():
        match = _ENVIRONMENT_REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if match:
            at = ("environment_variables", key)
            yield _use(match[1], document, at, f"environment variable '{key}'")


def flex_connections(document: Document, entry: Entry) -> Iterator[ConnectionUse]:
    """Yield the connections in a flex flow's defaults, sample and model configurations.

    The runtime uses the annotations of the class; the flow file may repeat them.
    """
    yield from _configured(document, ("model_config",))
    kinds = {it.name: it.kind for it in entry.made_with.parameters} if entry.made_with else {}
    for key in dict.fromkeys((*_keys(document, ("init",)), *_keys(document, ("sample", "init")))):
        known = key in kinds and not kinds[key].unsure
        declared = _is_connection(reach(document.value, ("init", key, "type"))[0])
        counts = kinds[key].name == "connection" and kinds[key].bare if known else declared
        for at in (("init", key, "default"), ("sample", "init", key)):
            yield from _configured(document, at)
            name = reach(document.value, at)[0]
            if counts and isinstance(name, str) and name:
                yield replace(_use(name, document, at, f"init '{key}'"), replaceable=False)


def _is_connection(kind: object) -> bool:
    return isinstance(kind, str) and kind.endswith("Connection")


def _configured(document: Document, at: Path) -> Iterator[ConnectionUse]:
    name = reach(document.value, (*at, "connection"))[0]
    if isinstance(name, str) and name:
        use = _use(name, document, (*at, "connection"), f"'{'.'.join(map(str, at))}'")
        yield replace(use, replaceable=False)


def _keys(document: Document, at: Path) -> tuple[str, ...]:
    value = reach(document.value, at)[0]
    return tuple(value) if isinstance(value, Mapping) else ()


def _use(name: str, document: Document, at: Path, used_by: str) -> ConnectionUse:
    return ConnectionUse(name, document.file, document.line(*at), used_by)
