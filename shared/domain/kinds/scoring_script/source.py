"""Check the script and the modules that it imports from the package."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from posixpath import dirname

from shared.domain.errors import Finding
from shared.domain.kinds.files import Files
from shared.domain.kinds.scoring_script.asked import Asked
from shared.domain.kinds.scoring_script.place import joined
from shared.domain.parsing.python.source import PythonSource, parse_python

_LLM_CLIENTS = (
    *("openai", "anthropic", "litellm", "langchain", "langchain_openai", "langgraph"),
    *("semantic_kernel", "agent_framework", "llama_index", "autogen", "google.genai"),
    *("azure.ai.inference", "azure.ai.projects", "azure.ai.agents"),
)

_SEARCHED = "sys.path"
"""Code that changes where modules are looked up is taken at its word."""


@dataclass(frozen=True)
class Import:
    """One import statement's module. `level`: the dots before it."""

    module: str
    names: tuple[str, ...]
    level: int
    line: int


def read_sources(
    asked: Asked, files: Files, builtin: Collection[str]
) -> tuple[tuple[PythonSource, ...], tuple[Finding, ...]]:
    """Parse the script, and each module below its folder that it imports, the script first.

    Args:
        asked: Where the script is.
        files: The package, with the texts of its Python files.
        builtin: Names of the modules of Python itself.
    """
    root = dirname(asked.script_path) or "."
    sources, findings = list[PythonSource](), list[Finding]()
    waiting, seen = [asked.script_path], {asked.script_path}
    while waiting:
        path = waiting.pop(0)
        if path not in files.texts:
            continue
        source, wrong = parse_python(files.texts[path], path)
        findings.extend(wrong)
        if source is None:
            continue
        sources.append(source)
        for each in _imports(source.tree):
            found = _modules(root, each, files)
            findings.extend(_unresolved(asked, each, path, files, builtin))
            waiting.extend(sorted(found - seen))
            seen |= found
    return tuple(sources), tuple(findings)


def functions_findings(script: PythonSource) -> Iterator[Finding]:
    """Find that the script has no init or no run; the server calls both by these names."""
    lacking = [name for name in ("init", "run") if not script.names.knows(name)]
    if lacking:
        cause = f"the script has no {' and no '.join(lacking)} at its top level"
        remedy = "Define init() and run(data): the server calls both"
        yield Finding(script.file, None, cause, remedy)


def llm_client(sources: Collection[PythonSource]) -> str | None:
    """Return the first client of a language model that the code imports, or None."""
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for each in _of(node):
                    for name in (each.module, *(f"{each.module}.{it}" for it in each.names)):
                        if not each.level and any(_within(name, it) for it in _LLM_CLIENTS):
                            return name
    return None


def _within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def _imports(tree: ast.Module) -> Iterator[Import]:
    """The imports that run when the module is loaded, but for those that may fail."""
    waiting: list[ast.stmt] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _of(node)
        elif isinstance(node, ast.With) or (isinstance(node, ast.Try) and not node.handlers):
            waiting.extend(reversed(node.body))


def _of(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    names = tuple(it.name for it in node.names)
    if isinstance(node, ast.ImportFrom):
        yield Import(node.module or "", names, node.level, node.lineno)
    else:
        yield from (Import(name, (), 0, node.lineno) for name in names)


def _modules(root: str, each: Import, files: Files) -> set[str]:
    """The package's files that an import loads from below the root."""
    if each.level or not each.module:
        return set()
    parts = each.module.split(".")
    dotted = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    dotted += [f"{dotted[-1]}/{name}" for name in each.names]
    named = {joined(root, f"{it}{end}") for it in dotted for end in (".py", "/__init__.py")}
    return named & files.files


def _unresolved(
    asked: Asked, each: Import, file: str, files: Files, builtin: Collection[str]
) -> Iterator[Finding]:
    """Find an import of a module of the package that is not found from the script's folder.

    Source: Azure/azure-cli-extensions#6819.
    """
    root = dirname(asked.script_path) or "."
    place = "the package's folder" if root == "." else f"'{root}'"
    if each.level:
        if file == asked.script_path:
            cause = "the server loads the script as a module of no package: '.' leads nowhere"
            remedy = f"Import it by its name from {place}, without the dot"
            yield Finding(file, each.line, cause, remedy)
        return
    top = each.module.partition(".")[0]
    if top in builtin or _there(root, top, files) or _SEARCHED in files.texts[file]:
        return
    for folder in dict.fromkeys((dirname(file) or ".", asked.code, ".")):
        if folder != root and _there(folder, top, files):
            cause = f"'{top}' is at '{joined(folder, top)}', and imports are looked up from {place}"
            remedy = f"Move it into {place}, or import it from there"
            yield Finding(file, each.line, cause, remedy)
            return


def _there(folder: str, name: str, files: Files) -> bool:
    """Whether a folder has a module, or a package with Python files, of that name."""
    if joined(folder, f"{name}.py") in files.files:
        return True
    inside = f"{joined(folder, name)}/"
    return any(it.startswith(inside) and it.endswith(".py") for it in files.files)
