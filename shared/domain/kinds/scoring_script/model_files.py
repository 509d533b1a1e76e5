"""Find files that the code reads from the model's folder, and the model does not have."""

import ast
from collections import deque
from collections.abc import Collection, Iterator
from posixpath import basename, normpath

from shared.domain.errors import Finding
from shared.domain.kinds.files import Files, folder_name
from shared.domain.kinds.scoring_script.place import below
from shared.domain.parsing.python.source import PythonSource

MODEL_DIR = "AZUREML_MODEL_DIR"
_JOINS = ("join", "joinpath")


def model_findings(
    sources: Collection[PythonSource], model_path: str | None, files: Files
) -> Iterator[Finding]:
    """Compare the paths that the code names with a model that is part of the package, or none.

    The server's variable leads to the folder above the model: a model `model` is `model/…` there.

    Source: Azure/azureml-examples#1068.

    Args:
        sources: The script and the modules that it imports.
        model_path: The model's path in the package; None if the deployment has no model.
        files: The package.
    """
    there = _mounted(model_path, files)
    for source in sources:
        for path, line in _read_paths(source.tree):
            if model_path is None:
                cause = f"the code reads {MODEL_DIR}, and the deployment has no model"
                remedy = "Name it as model in the az ml deployment, or put it into a folder 'model'"
                yield Finding(source.file, line, cause, remedy)
                break
            if path and not any(it == path or it.startswith(f"{path}/") for it in there):
                cause = f"the code reads '{path}' in {MODEL_DIR}, and the model has no such file"
                yield Finding(source.file, line, cause, f"The model has: {_few(there)}")


def _mounted(model_path: str | None, files: Files) -> list[str]:
    """The model's files as they are below the variable's folder."""
    if model_path is None:
        return []
    if model_path in files.files:
        return [basename(model_path)]
    name = folder_name(model_path, "model")
    inside = [below(model_path, it) for it in sorted(files.files)]
    return [f"{name}/{it}" for it in inside if it is not None]


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _read_paths(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each use of the variable: the constant path that is appended to it, and its line."""
    bound = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_model_dir(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    waiting = deque[ast.AST]([tree])
    while waiting:
        node = waiting.popleft()
        base, appended = _divided(node)
        parts = _joined(base, frozenset(bound))
        if parts is not None and (parts or appended or base is node):
            path = "/".join([*parts, *_constants(appended)])
            yield normpath(path) if path else "", getattr(node, "lineno", 1)
        elif base is node:
            waiting.extend(ast.iter_child_nodes(node))
        else:
            waiting.extend((base, *appended))


def _divided(node: ast.AST) -> tuple[ast.AST, list[ast.expr]]:
    """What is divided, and by what, in order: `a / b / c` is `a` by `b` and `c`."""
    by = list[ast.expr]()
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        by.append(node.right)
        node = node.left
    return node, by[::-1]


def _joined(node: ast.AST, bound: frozenset[str]) -> list[str] | None:
    """The constants that are joined to the model's folder; None for another expression."""
    if not isinstance(node, ast.expr):
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        given = list(node.args)
        if node.func.attr == "joinpath":
            given.insert(0, node.func.value)
        if node.func.attr in _JOINS and given and _is_model_dir(given[0], bound):
            return _constants(given[1:])
    return [] if _is_model_dir(node, bound) else None


def _constants(nodes: list[ast.expr]) -> list[str]:
    found = list[str]()
    for each in nodes:
        if not isinstance(each, ast.Constant) or not isinstance(each.value, str):
            break
        found.append(each.value)
    return found


def _is_model_dir(node: ast.expr, bound: frozenset[str]) -> bool:
    """Whether it is the variable's value; with a default of its own, the code can do without."""
    if isinstance(node, ast.Name):
        return node.id in bound
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == MODEL_DIR
    if not isinstance(node, ast.Call) or len(node.args) != 1:
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in {"Path", "PurePath", "str"}:
        return _is_model_dir(node.args[0], bound)
    given = node.args[0]
    named = isinstance(given, ast.Constant) and given.value == MODEL_DIR
    return named and name in {"getenv", "get"}
