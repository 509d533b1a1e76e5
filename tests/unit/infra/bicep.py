"""Reads Bicep files with the grammar of tree-sitter-bicep, as far as the tests need them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

INFRA = Path(__file__).parents[3] / "infra"
_PARSER = Parser(Language(tree_sitter_bicep.language()))


class Expression(str):
    """The text of an expression: all but literals, objects and arrays."""

    __slots__ = ()


@dataclass(frozen=True)
class Declared:
    """A resource or a module. `of`: its type and version, or the path of its file."""

    name: str
    of: str
    body: dict[str, Any]
    existing: bool = False


@dataclass
class Template:
    """One file. Parameters map to whether one must be given."""

    path: Path
    parameters: dict[str, bool] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    resources: list[Declared] = field(default_factory=list)
    modules: list[Declared] = field(default_factory=list)
    outputs: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    loops: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @property
    def declared(self) -> set[str]:
        named = {each.name for each in (*self.resources, *self.modules)}
        return {*self.parameters, *self.variables, *named, *self.loops}

    def resource(self, name: str) -> dict[str, Any]:
        return next(each.body for each in self.resources if each.name == name)


def templates() -> list[Template]:
    """Every Bicep file of `infra/`."""
    return [read(path) for path in sorted(INFRA.rglob("*.bicep"))]


@cache
def read(path: Path) -> Template:
    root = _PARSER.parse(path.read_bytes()).root_node
    found = Template(path)
    for node in _every(root):
        if node.type == "ERROR" or node.is_missing:
            found.wrong.append(f"{path.name}:{node.start_point[0] + 1}: {_text(node)[:40]}")
        elif node.type in {"loop_variable", "loop_enumerator"} or _is_loop_variable(node):
            found.loops.add(_text(node))
        elif node.type == "identifier" and _is_use(node):
            found.used.add(_text(node))
    for node in root.named_children:
        _declare(found, node)
    return found


def _declare(into: Template, node: Node) -> None:
    parts = [each for each in node.named_children if each.type != "comment"]
    name = _text(parts[0]) if parts else ""
    match node.type:
        case "parameter_declaration":
            into.parameters[name] = len(parts) == 2
        case "variable_declaration":
            into.variables[name] = value(parts[1])
        case "output_declaration":
            into.outputs.add(name)
        case "resource_declaration" | "module_declaration":
            existing = any(each.type == "existing" for each in node.children)
            of = str(value(parts[1]))
            declared = Declared(name, of, value(parts[-1]), existing)
            into_list = into.resources if node.type[0] == "r" else into.modules
            into_list.append(declared)
        case _:
            pass


def value(node: Node) -> Any:
    """Objects and arrays as such, literals as their values; loops and conditions as their body."""
    named = [each for each in node.named_children if each.type != "comment"]
    match node.type:
        case "object":
            return {str(value(it.named_children[0])): _of_property(it) for it in named}
        case "array":
            return _items(named)
        case "if_statement" | "for_statement":
            return value(named[-1])
        case "property_identifier" | "identifier" if _is_key(node):
            return _text(node)
        case _:
            return _literal(node, named)


def _literal(node: Node, named: list[Node]) -> Any:
    text = _text(node)
    match node.type:
        case "string" if all(each.type == "string_content" for each in named):
            return "".join(_text(each) for each in named)
        case "number":
            return int(text)
        case "boolean":
            return text == "true"
        case _:
            return Expression(text)


def _items(nodes: list[Node]) -> list[Any]:
    """The items; the grammar takes `name['key']` in an array for a name and an array."""
    items: list[Any] = []
    before: Node | None = None
    for node in nodes:
        if node.type == "array" and before is not None and before.end_byte == node.start_byte:
            items[-1] = Expression(f"{items[-1]}{_text(node)}")
        else:
            items.append(value(node))
        before = node
    return items


def _of_property(node: Node) -> Any:
    named = [each for each in node.named_children if each.type != "comment"]
    return value(named[1]) if len(named) == 2 else Expression("".join(map(_text, named[1:])))


def _is_key(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "object_property" and _first(parent) == node


def _is_use(node: Node) -> bool:
    """Whether a name is used as a value, not as a key, a function or in a declaration."""
    parent = node.parent
    if parent is None or _is_key(node) or parent.type == "decorator":
        return False
    if parent.type == "call_expression":
        return False
    return not (parent.type.endswith("_declaration") and _first(parent) == node)


def _is_loop_variable(node: Node) -> bool:
    parent = node.parent
    return bool(
        parent
        and parent.type == "for_statement"
        and parent.child_by_field_name("initializer") == node
    )


def _first(node: Node) -> Node | None:
    return node.named_children[0] if node.named_children else None


def _every(node: Node) -> Iterator[Node]:
    yield node
    for each in node.children:
        yield from _every(each)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
