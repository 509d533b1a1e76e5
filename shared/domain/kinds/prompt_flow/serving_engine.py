"""Check that the runtime's engine can serve a flow: flask, the default, or fastapi.

Source: promptflow 1.18.5, run with both.
"""

import ast
from collections.abc import Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.flex.entry import Entry

ENGINE = "PROMPTFLOW_SERVING_ENGINE"
"""The environment variable that names the engine."""
STREAMING = f"{ENGINE}=fastapi"
"""With this setting, the answer of an async generator is streamed."""


def engine_findings(entry: Entry) -> tuple[Finding, ...]:
    """Warn about a flex flow that flask cannot stream."""
    if entry.source is None or not isinstance(entry.function, ast.AsyncFunctionDef):
        return ()
    if not entry.generates:
        return ()
    cause = (
        "the entry is an async generator: the runtime's flask engine answers it as one JSON, and "
        "fails a call that asks for a stream"
    )
    remedy = f"To stream, set {ENGINE}: fastapi under deployment.environment_variables"
    return (Finding(entry.source.file, entry.function.lineno, cause, remedy, "warning"),)


def refused_engine(kind: str, variables: Mapping[str, str]) -> str | None:
    """Return why the requested engine cannot serve a flow of that kind, or None."""
    if kind == "prompty" and variables.get(ENGINE, "").lower() == "fastapi":
        return "the runtime's fastapi engine answers every call of a prompty with an error"
    return None
