"""Check further values that the runtime reads when it starts."""

import json
from collections.abc import Iterator, Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.named import SAMPLES
from shared.domain.parsing.document import Document

_FORMATS = ("basic", "openai-vision")


def start_findings(document: Document, contents: Contents) -> Iterator[Finding]:
    """Find faults in the flow file's own fields, and in the sample requests beside it."""
    said = document.value.get("message_format", "basic")
    if said not in _FORMATS:
        cause = f"there is no message_format '{said}'"
        yield document.finding(("message_format",), cause, f"Use {' or '.join(_FORMATS)}")
    sample = document.value.get("sample") or {}
    elsewhere = isinstance(sample, str) and sample.startswith("${file:")  # prompties alone
    if not isinstance(sample, Mapping) and not (elsewhere and document.file.endswith(".prompty")):
        cause = "'sample' is not a mapping, so the runtime does not start"
        yield document.finding(("sample",), cause, "Write 'inputs:' and names under it")
    variables = document.value.get("environment_variables")
    for name in variables if isinstance(variables, Mapping) else ():
        if not isinstance(name, str):
            cause = f"the name of the environment variable {name} is not text"
            at = ("environment_variables", name)
            yield document.finding(at, cause, "Put the name in quotes")
    if SAMPLES in contents.texts and (line := _broken(contents.texts[SAMPLES])):
        cause = "not valid JSON, so the runtime does not start"
        yield Finding(SAMPLES, line, cause, "Correct it, or leave it out")


def _broken(text: str) -> int | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno
    except RecursionError:
        return 1
    return None
