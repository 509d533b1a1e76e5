"""Folders of the grid on which our reading and the runtime differ, each with its reason.

A name may end with `*`.
"""

from fnmatch import fnmatchcase

_RUN = "only running the flow's code tells"
_ELSEWHERE = "what another module or package defines is not looked into; a warning says so"
_ANSWER = "what a node answers is known when it answers"

TAKEN: dict[str, str] = {
    "dag/output/reference-property": _ANSWER,
    "dag/reference/property": _ANSWER,
    "dag/node/module": "the module may come with the requirements",
    "tool/literal/AzureOpenAIConnection-name": "of the workspace's connections the names are "
    "looked up, not the categories",
    "tool/llm/deployment-name": "of the workspace's connections the names are looked up, not the "
    "categories: with Azure OpenAI it is right",
    "tool/prompt/attribute": "a template that looks into what is not given fails when it is "
    "rendered, if it gets there; a warning says so",
    "flex/module/imported": _ELSEWHERE,
    "flex/module/imported-as": _ELSEWHERE,
    "flex/module/starred": _ELSEWHERE,
    "flex/module/no-module": "the module may come with the requirements",
    "flex/class/pydantic": _ELSEWHERE,
    "flex/class/init-raises": _RUN,
}
"""We would deploy these; the runtime does not start, or does not answer our sample."""

_EMPTY = "a flow of no nodes gives back what it is given, or nothing"
REFUSED: dict[str, str] = {
    "dag/node/none": _EMPTY,
    "dag/node/absent": _EMPTY,
    "prompty/folder/beside-dag": _EMPTY,
    "flex/file/no-entry": "without an entry it is a dag flow of no nodes, which answers {} to all",
}
"""We refuse these; the runtime serves them."""


def reason(name: str, listed: dict[str, str]) -> str | None:
    """Return why a folder differs, or None if no reason is listed."""
    return next((why for said, why in listed.items() if fnmatchcase(name, said)), None)
