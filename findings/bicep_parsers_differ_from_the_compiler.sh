#!/bin/sh
# Two parsers of Bicep on PyPI read valid Bicep otherwise than the language means it.
# pycep-parser: in `x == 0 ? a : b` the conditional becomes an operand of the comparison, and an
# identifier cannot be told from a string of the same text (`name: name`, `name: 'name'`).
# tree-sitter-bicep: in an array, `roles['a b']` becomes two items, a name and an array.
# Both accept the files, so a check of theirs that only looks for errors sees nothing.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q pycep-parser==0.7.1 tree-sitter==0.26.1 tree-sitter-bicep==1.1.0
"$place/venv/bin/python" - <<'PY'
from importlib.metadata import version

import tree_sitter_bicep
from pycep import BicepParser
from tree_sitter import Language, Parser

print("pycep-parser", version("pycep-parser"))
parser = BicepParser()
compared = parser.parse(text="param x int\nvar y = x == 0 ? 1 : 2\n")["variables"]["y"]["value"]
outermost = compared["operator"]["type"]
print("x == 0 ? 1 : 2 is read as:", outermost)
read = parser.parse(text="param name string\nvar a = { b: name, c: 'name' }\n")
same = read["variables"]["a"]["value"]
print("{ b: name, c: 'name' } is read as:", same)

print("tree-sitter-bicep", version("tree-sitter-bicep"))
text = b"var roles = {}\nvar a = [roles['a b']]\n"
root = Parser(Language(tree_sitter_bicep.language())).parse(text).root_node
items = [it.type for it in root.named_children[1].named_children[1].named_children]
print("[roles['a b']] is read as:", items, "errors:", root.has_error)
assert outermost == "equals", "the behaviour has changed"
assert same == {"b": "name", "c": "name"}, "the behaviour has changed"
assert (items, root.has_error) == (["identifier", "array"], False), "the behaviour has changed"
PY
