"""Read untrusted YAML: bounded, without tags or duplicate keys, and with the line of every key."""

from collections.abc import Iterator
from typing import Any, Literal

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shared.domain.errors import Rejected, rejected
from shared.domain.parsing.document import Document, Path
from shared.package import limits
from shared.package.yaml_loader import Loader, Yaml11, Yaml12

_BETTER = "Write it in plain YAML"


def parse(
    text: str, file: str, *, version: Literal["1.1", "1.2"] = "1.1", above: int = 0
) -> Document:
    """Read one YAML document.

    az ml reads its files as YAML 1.1 (`off` is false, `010` is 8); the prompt flow runtime reads
    flow files as YAML 1.2 (both are text and ten). Dates stay text in both.

    Args:
        text: The YAML.
        file: Its path inside the package, for findings.
        version: The YAML version whose rules for plain scalars apply.
        above: Lines that stand before the text in its file.

    Raises:
        Rejected: with file and line: not YAML, too large or deep, a duplicate key, a tag.
    """
    if len(text.encode(errors="replace")) > limits.MAX_TEXT:
        raise rejected(file, f"the file is over {limits.MAX_TEXT // 1024} KB", "Make it smaller")
    loader_type = Yaml11 if version == "1.1" else Yaml12
    try:
        return _Reading(file, above).document(text, loader_type)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 + above if error.problem_mark else None
        why = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise rejected(file, f"not YAML: {why}", "Correct the syntax", line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise rejected(file, f"not YAML: {why}", "Correct the syntax") from error


class _Reading:
    """Reads one text: checks its limits, and collects the lines of its keys."""

    def __init__(self, file: str, above: int) -> None:
        self.file = file
        self.above = above
        self.lines: dict[Path, int] = {}
        self.counted = 0
        self.merged: dict[int, list[tuple[Node, Node]] | None] = {}

    def document(self, text: str, loader_type: type[Loader]) -> Document:
        self._check_events(text, loader_type)
        loader = loader_type(text)
        try:
            node = loader.get_single_node()
            value = None
            if node is not None:
                self._visit(loader, node, (), [])
                value = loader.construct_document(node)
        finally:
            loader.dispose()
        return Document(self.file, value, self.lines or {(): 1 + self.above})

    def _check_events(self, text: str, loader_type: type[Loader]) -> None:
        """Check depth and size, before anything recursive runs."""
        depth = 0
        for count, event in enumerate(yaml.parse(text, Loader=loader_type)):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > limits.MAX_YAML_DEPTH or count > 2 * limits.MAX_YAML_NODES:
                raise self._refused(event, "nested too deeply, or too large")

    def _visit(self, loader: Loader, node: Node, path: Path, above: list[Node]) -> None:
        """Check and count every node of the value, with aliases expanded."""
        self.counted += 1
        if self.counted > limits.MAX_YAML_NODES or len(above) > limits.MAX_YAML_DEPTH:
            raise self._refused(node, "too large once its aliases are expanded")
        if any(node is each for each in above):
            raise self._refused(node, "an alias contains itself")
        self._check_tag(node)
        self.lines.setdefault(path, node.start_mark.line + 1 + self.above)
        for part, child in self._children(loader, node):
            self._visit(loader, child, (*path, part), [*above, node])

    def _children(self, loader: Loader, node: Node) -> Iterator[tuple[str | int, Node]]:
        if isinstance(node, SequenceNode):
            yield from enumerate(node.value)
        if isinstance(node, MappingNode):
            for key, child in self._merged(loader, node):
                yield loader.construct_object(key), child

    def _merged(self, loader: Loader, node: MappingNode) -> list[tuple[Node, Node]]:
        """Resolve a mapping's merge keys (`<<`); its own keys win.

        This is done in place and once per node: PyYAML's own way multiplies merges of merges.
        """
        if id(node) in self.merged:
            done = self.merged[id(node)]
            if done is None:
                raise self._refused(node, "a merge key that refers to itself")
            return done
        self.merged[id(node)] = None
        pairs: dict[Any, tuple[Node, Node]] = {}
        bases: list[Node] = []
        for key, child in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                bases.extend(child.value if isinstance(child, SequenceNode) else [child])
            elif (name := self._name(loader, key)) in pairs:
                raise self._refused(key, f"key '{name}' is defined twice", "Keep one of them")
            else:
                pairs[name] = (key, child)
        for base in bases:
            if not isinstance(base, MappingNode):
                raise self._refused(node, "a merge key without a mapping")
            for key, child in self._merged(loader, base):
                self.counted += 1
                pairs.setdefault(self._name(loader, key), (key, child))
        resolved = list(pairs.values())
        node.value = self.merged[id(node)] = resolved
        return resolved

    def _name(self, loader: Loader, key: Node) -> Any:
        if not isinstance(key, ScalarNode):
            raise self._refused(key, "a key that is not a plain scalar")
        self._check_tag(key)
        return loader.construct_object(key)

    def _check_tag(self, node: Node) -> None:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if kind not in {"null", "bool", "int", "float", "str", "seq", "map", "merge"}:
            raise self._refused(node, f"the tag '{node.tag}'")
        plain = isinstance(node, ScalarNode) and kind not in {"str", "merge"}
        if plain and len(node.value) > limits.MAX_YAML_PLAIN:
            raise self._refused(node, f"a number of over {limits.MAX_YAML_PLAIN} characters")

    def _refused(self, at: Node | yaml.Event, cause: str, remedy: str = _BETTER) -> Rejected:
        line = at.start_mark.line + 1 + self.above if at.start_mark else None
        return rejected(self.file, f"refused: {cause}", remedy, line)
