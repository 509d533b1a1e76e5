"""A flow's environment: image, requirements, variables, and included files."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.model import Environment
from shared.domain.kinds.requirements.files import find_needed_files
from shared.domain.kinds.requirements.rules import requirement_findings
from shared.domain.left_out import left_out
from shared.domain.parsing.document import Document
from shared.domain.parsing.pydantic_findings import shape
from shared.domain.parsing.text import quoted
from shared.domain.secret_files import holds_secrets

_USUAL = "requirements.txt"


def read_environment(
    document: Document, contents: Contents
) -> tuple[Environment, tuple[Finding, ...]]:
    """Read the environment; `requirements.txt` is used by default if it exists."""
    value = document.value.get("environment") or {}
    environment, findings = shape(Environment, value, document, ("environment",))
    if environment is None:
        return Environment(), findings
    if environment.python_requirements_txt is None:
        if _USUAL in contents.files:
            environment = environment.model_copy(update={"python_requirements_txt": _USUAL})
        elif _USUAL in contents.left_out:
            findings = (*findings, _not_installed(contents.left_out[_USUAL]))
    else:
        path = contents.path_of(environment.python_requirements_txt)
        environment = environment.model_copy(update={"python_requirements_txt": path})
    return environment, findings


def _not_installed(place: str) -> Finding:
    cause, remedy = left_out(_USUAL, place)
    return Finding(_USUAL, None, f"{cause}: nothing of it is installed", remedy, "warning")


def environment_findings(
    environment: Environment, document: Document, contents: Contents
) -> Iterator[Finding]:
    """Find files of the environment that the package or the image build lacks."""
    for key in ("python_requirements_txt", "conda_file", "setup_sh"):
        value = getattr(environment, key)
        if value and (lacking := contents.lacking(value)):
            yield document.finding(("environment", key), f"{key}: {lacking[0]}", lacking[1])
        elif value and key != "python_requirements_txt":
            cause = f"{key} is not built into the image"
            remedy = "Put it into an image of your own and name that under environment.image"
            yield document.finding(("environment", key), cause, remedy, "warning")
    if environment.python_requirements_txt:
        yield from requirement_findings(environment.python_requirements_txt, contents)


def requirement_files(environment: Environment, contents: Contents) -> tuple[str, ...]:
    """List the paths of all files that pip needs to install the requirements."""
    path = environment.python_requirements_txt
    return find_needed_files(path, contents.texts, contents.files) if path in contents.files else ()


def environment_variables(document: Document) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Read the flow's variables, with values as text as the runtime writes them."""
    variables = document.value.get("environment_variables") or {}
    if not isinstance(variables, Mapping):
        cause = "'environment_variables' is not a mapping"
        remedy = "Write names and values under it"
        return {}, (document.finding(("environment_variables",), cause, remedy),)
    return {
        str(name): json.dumps(value) if isinstance(value, dict | list) else str(value)
        for name, value in variables.items()
    }, ()


def include_problem(value: Any) -> str | None:
    """Return why an item of `additional_includes` is invalid, or None."""
    if not isinstance(value, str):
        return f"an include must be a path, and this is {'empty' if value is None else 'not text'}"
    if value.rstrip("/").rsplit("/", 1)[-1] in {"", ".", ".."}:
        return f"the include {quoted(value)} names no file or folder that could be copied in"
    return None


def include_findings(document: Document, contents: Contents) -> Iterator[Finding]:
    """Find `additional_includes` that were not copied into the package."""
    value = document.value.get("additional_includes") or []
    if not isinstance(value, list):
        cause = "'additional_includes' is not a list"
        yield document.finding(("additional_includes",), cause, "Write a list of paths")
        return
    there = {path.partition("/")[0] for path in contents.files}
    for index, path in enumerate(value):
        if (problem := include_problem(path)) is not None:
            remedy = "Write the path of a file or folder beside the flow, such as ../common"
            yield document.finding(("additional_includes", index), problem, remedy)
            continue
        name = path.rstrip("/").rsplit("/", 1)[-1]
        if name not in there and holds_secrets(name):
            cause, remedy = contents.lacking(name) or ("", "")
            yield document.finding(("additional_includes", index), cause, remedy, "warning")
        elif name not in there:
            cause = f"the include {quoted(path)} is not in the package"
            remedy = f"Copy it in as {quoted(name)}, or let sluice drop take it from where it is"
            yield document.finding(("additional_includes", index), cause, remedy)
