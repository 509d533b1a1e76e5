"""What a flow runs in: image, requirements, variables, and files from elsewhere."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.model import Environment
from shared.domain.kinds.prompt_flow.requirements.files import led_to
from shared.domain.kinds.prompt_flow.requirements.rules import requirement_findings
from shared.domain.parsing.document import Document
from shared.domain.parsing.pydantic_findings import shape
from shared.domain.parsing.text import quoted
from shared.domain.secret_files import holds_secrets


def read_environment(
    document: Document, contents: Contents
) -> tuple[Environment, tuple[Finding, ...]]:
    """The environment; without a word about requirements, `requirements.txt` where there is one."""
    said = document.value.get("environment") or {}
    environment, findings = shape(Environment, said, document, ("environment",))
    if environment is None:
        return Environment(), findings
    if environment.python_requirements_txt is None and "requirements.txt" in contents.files:
        environment = environment.model_copy(update={"python_requirements_txt": "requirements.txt"})
    elif environment.python_requirements_txt is not None:
        path = contents.path_of(environment.python_requirements_txt)
        environment = environment.model_copy(update={"python_requirements_txt": path})
    return environment, findings


def environment_findings(
    environment: Environment, document: Document, contents: Contents
) -> Iterator[Finding]:
    """Files that the environment names and the package lacks, and what a build could not reach."""
    for key in ("python_requirements_txt", "conda_file", "setup_sh"):
        said = getattr(environment, key)
        if said and (lacking := contents.lacking(said)):
            yield document.finding(("environment", key), f"{key}: {lacking[0]}", lacking[1])
        elif said and key != "python_requirements_txt":
            cause = f"{key} is not built into the image"
            remedy = "Put it into an image of your own and name that under environment.image"
            yield document.finding(("environment", key), cause, remedy, "warning")
    if environment.python_requirements_txt:
        yield from requirement_findings(environment.python_requirements_txt, contents)


def requirement_files(environment: Environment, contents: Contents) -> tuple[str, ...]:
    """Paths of all files of the package that pip needs to install the requirements."""
    path = environment.python_requirements_txt
    return led_to(path, contents.texts, contents.files) if path in contents.files else ()


def environment_variables(document: Document) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The flow's variables with values as text, as the runtime makes them text."""
    said = document.value.get("environment_variables") or {}
    if not isinstance(said, Mapping):
        cause = "'environment_variables' is not a mapping"
        remedy = "Write names and values under it"
        return {}, (document.finding(("environment_variables",), cause, remedy),)
    return {
        str(name): json.dumps(value) if isinstance(value, dict | list) else str(value)
        for name, value in said.items()
    }, ()


def include_problem(said: Any) -> str | None:
    """Why an item of `additional_includes` can bring nothing in, or None."""
    if not isinstance(said, str):
        return f"an include must be a path, and this is {'empty' if said is None else 'no text'}"
    if said.rstrip("/").rsplit("/", 1)[-1] in {"", ".", ".."}:
        return f"the include {quoted(said)} names no file or folder that could be copied in"
    return None


def include_findings(document: Document, contents: Contents) -> Iterator[Finding]:
    """`additional_includes` that nobody has copied into the package."""
    said = document.value.get("additional_includes") or []
    if not isinstance(said, list):
        cause = "'additional_includes' is not a list"
        yield document.finding(("additional_includes",), cause, "Write a list of paths")
        return
    there = {path.partition("/")[0] for path in contents.files}
    for index, path in enumerate(said):
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
            remedy = f"Copy it in as {quoted(name)}; 'sluice drop' resolves includes by itself"
            yield document.finding(("additional_includes", index), cause, remedy)
