"""Folders of the grid on which our reading and the runtime differ, each with its reason.

A name may end with `*`.
"""

from fnmatch import fnmatchcase

_RUN = "only running the flow's code shows it"
_ELSEWHERE = "definitions in other modules and packages are not read; a warning says so"
_ANSWER = "the shape of a node's answer is known only when it runs"

TAKEN: dict[str, str] = {
    "dag/output/reference-property": _ANSWER,
    "dag/reference/property": _ANSWER,
    "dag/node/module": "the module may come with the requirements",
    "tool/literal/AzureOpenAIConnection-name": "only names of the workspace's connections are "
    "looked up, not their categories",
    "tool/llm/deployment-name": "only names of the workspace's connections are looked up, not "
    "their categories: with Azure OpenAI it is right",
    "tool/prompt/attribute": "a template that reads an attribute of an input that is not set fails "
    "only when it is rendered; a warning says so",
    "flex/module/imported": _ELSEWHERE,
    "flex/module/imported-as": _ELSEWHERE,
    "flex/module/starred": _ELSEWHERE,
    "flex/module/no-module": "the module may come with the requirements",
    "flex/class/pydantic": _ELSEWHERE,
    "flex/class/init-raises": _RUN,
}
"""We would deploy these; the runtime does not start, or does not answer our sample."""

_EMPTY = "a flow without nodes returns its inputs, or nothing"
REFUSED: dict[str, str] = {
    "dag/node/none": _EMPTY,
    "dag/node/absent": _EMPTY,
    "prompty/folder/beside-dag": _EMPTY,
    "flex/file/no-entry": "without an entry it is a dag flow without nodes: it answers {}",
}
"""We refuse these; the runtime serves them."""


def reason(name: str, listed: dict[str, str]) -> str | None:
    """Return why a folder differs, or None if no reason is listed."""
    return next((why for pattern, why in listed.items() if fnmatchcase(name, pattern)), None)
