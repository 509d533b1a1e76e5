"""Check a prompty, which the runtime serves as a flow of one call to a model.

promptflow 1.18, `PromptyFlow`, `Prompty` and `PromptyModelConfiguration`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.dag.prompts import ROLELESS
from shared.domain.kinds.prompt_flow.dag.template import TemplateError, template_names
from shared.domain.parsing.document import Document, reach

_MODEL = ("configuration", "parameters", "api", "response")
_PROVIDERS = ("azure_openai", "openai")
_OF_TYPES = ("AzureOpenAI", "OpenAI")
_PASSING = frozenset({"type", "connection", "model", "azure_deployment"})
AT: tuple[str, ...] = ("model", "configuration")
_VARIABLE = re.compile(r"\$\{env:([^}]*)\}")
"""A reference to an environment variable (promptflow 1.18, `resolve_reference`)."""


def prompty_findings(document: Document) -> Iterator[Finding]:
    """Find faults with which the runtime does not load the prompty, or fails each call."""
    model = document.value.get("model", {})
    if not isinstance(model, Mapping):
        yield document.finding(
            ("model",), "'model' is not a mapping", "Write 'configuration:' under it"
        )
        return
    if "inputs" in document.value and document.value["inputs"] is None:
        cause = "'inputs' is empty, so the runtime does not start"
        yield document.finding(("inputs",), cause, "Write names under it, or leave it out")
    if not isinstance(model.get("parameters", {}), Mapping):
        cause = "'model.parameters' is not a mapping, so every call fails"
        yield document.finding(("model", "parameters"), cause, "Write 'parameters: {}'")
    if model.get("response") == "all":
        cause = "'response: all' gives an answer that cannot be sent as JSON"
        yield document.finding(("model", "response"), cause, "Write 'response: first'")
    for name in ("configuration", "parameters"):
        if name not in model:
            cause = f"'model.{name}' is missing, so the runtime does not start"
            remedy = "Add 'parameters: {}' under 'model'" if name == "parameters" else "Add it"
            yield document.finding(("model",), cause, remedy)
    for name in model:
        if name not in _MODEL:
            cause = f"'model.{name}' is not a known field, so the runtime does not start"
            yield document.finding(("model", name), cause, f"Use {', '.join(_MODEL)}")
    yield from _configuration(document, model.get("configuration", {}))


def _configuration(document: Document, said: Any) -> Iterator[Finding]:
    if not isinstance(said, Mapping):
        cause = "'model.configuration' is not a mapping"
        yield document.finding(AT, cause, "Write 'type:' and the like under it")
        return
    if said.get("connection"):
        yield connection_finding(document, "error")
        if any(value for key, value in said.items() if key not in _PASSING):
            cause = "'model.configuration' has both a connection and settings of its own"
            yield document.finding(AT, cause, "Leave the connection out")
    elif said.get("type") not in (*_PROVIDERS, *_OF_TYPES):
        cause = f"'model.configuration.type' is '{said.get('type')}', which is not a known provider"
        yield document.finding((*AT, "type"), cause, f"Use {' or '.join(_PROVIDERS)}")
    elif not said.get("azure_deployment") and not said.get("model"):
        cause = "'model.configuration' names no model"
        yield document.finding(AT, cause, "Add 'model:', or 'azure_deployment:' for Azure OpenAI")


def connection_finding(document: Document, severity: Any) -> Finding:
    """Report a prompty's connection by name: the runtime looks in the container's empty store."""
    name = reach(document.value, (*AT, "connection"))[0]
    azure = reach(document.value, (*AT, "type"))[0] == "azure_openai"
    url, field = ("azure_endpoint", "api_base") if azure else ("base_url", "base_url")
    cause = (
        f"a prompty cannot take the connection '{name}' by its name where it is deployed: the "
        "runtime looks for it in the container, not in the workspace"
    )
    remedy = (
        f"Write 'api_key: ${{env:LLM_KEY}}' and '{url}: ${{env:LLM_URL}}' instead of 'connection', "
        f"and under environment_variables of the flow file 'LLM_KEY: ${{{name}.api_key}}' and "
        f"'LLM_URL: ${{{name}.{field}}}'"
    )
    return document.finding((*AT, "connection"), cause, remedy, severity)


def unset_findings(
    document: Document, variables: Mapping[str, str], severity: Any
) -> Mapping[str, tuple[Finding, ...]]:
    """Find variables, by name, that the prompty's model reads and the flow file does not set.

    The runtime then sends `${env:NAME}` as text, and the call fails.
    """
    found = dict[str, tuple[Finding, ...]]()
    for at, text in _texts(document.value, ("model",)):
        match = _VARIABLE.match(text)
        if match is None or match[1] in variables:
            continue
        name = match[1]
        cause = (
            f"'{'.'.join(map(str, at[1:]))}' is the environment variable '{name}', which neither "
            "the flow file nor deploy.yaml sets"
        )
        remedy = (
            "Set it under deployment.environment_variables in deploy.yaml, a secret as "
            f"'{name}: ${{<connection>.api_key}}'"
        )
        each = document.finding(at, cause, remedy, severity)
        found[name] = (*found.get(name, ()), each)
    return found


def _texts(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts in a part of a document, with their places."""
    said = reach(value, at)[0]
    if isinstance(said, str):
        yield at, said
    elif isinstance(said, Mapping | list):
        for key in said if isinstance(said, Mapping) else range(len(said)):
            yield from _texts(value, (*at, key))


def template_findings(document: Document, template: str, line: int) -> Iterator[Finding]:
    """Check that the template parses and uses only inputs."""
    try:
        names = template_names(template)
    except TemplateError as error:
        cause = f"the template is broken: {error.cause}"
        yield Finding(document.file, line + error.line - 1, cause, "Correct the template")
        return
    if not template.strip():
        yield Finding(document.file, line, "the template is empty", "Write what the model is asked")
    said = document.value.get("inputs")
    known = said.keys() if isinstance(said, Mapping) else frozenset[str]()
    sample = document.value.get("sample")
    known = known or (sample.keys() if isinstance(sample, Mapping) else names)
    for name in sorted(names - set(known)):
        cause = f"the template uses '{name}', which is not an input: it stays empty"
        yield Finding(document.file, line, cause, f"Add '{name}:' to the inputs", "warning")
    if reach(document.value, ("model", "api"))[0] != "completion" and ROLELESS.match(template):
        cause = "the template begins without a role"
        yield Finding(document.file, line, cause, "Begin with a line 'system:' or 'user:'")
