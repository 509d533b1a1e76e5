"""Images that a flow file names by path, and how to send them in a request.

The runtime opens a path in its own working directory, not in the flow's folder, so a call without
such an input fails; a call with the image's content works (promptflow 1.18, `multimedia_utils`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from posixpath import normpath
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.model import FlowInput
from shared.domain.parsing.document import Document

type Load = Callable[[str], str | None]
"""Loads a file of the package in base64, or None."""

_PATH = re.compile(r"data:image/([^;]*);path")
_TYPES = {"jpg": "jpeg", "svg": "svg+xml"}
HOW = 'Send the image itself in each call: {"data:image/png;base64": "..."}'


def carried(value: Any, load: Load, *, image: bool) -> Any:
    """Return the value with each image file replaced by its content.

    `image`: a plain text is the path of an image, as in an input of that type.
    """
    if isinstance(value, str) and image:
        content = load(value) if is_path(value) else None
        return {f"data:image/{_kind(value)};base64": content} if content else value
    if isinstance(value, Mapping):
        return _in_mapping(value, load)
    if isinstance(value, list):
        return [carried(each, load, image=False) for each in value]
    return value


def _in_mapping(value: Mapping[str, Any], load: Load) -> Any:
    for key, path in value.items():
        match = _PATH.fullmatch(key) if isinstance(key, str) else None
        if match and len(value) == 1 and isinstance(path, str) and (content := load(path)):
            kind = _kind(path) if match[1] in {"", "*"} else match[1]
            return {f"data:image/{kind};base64": content}
    file = value.get("image_file")
    if value.get("type") == "image_file" and isinstance(file, Mapping):
        path = str(file.get("path", ""))
        if content := load(path):
            url = f"data:image/{_kind(path)};base64,{content}"
            return {"type": "image_url", "image_url": {"url": url}}
    return {key: carried(each, load, image=False) for key, each in value.items()}


def paths(value: Any, *, image: bool) -> Iterator[str]:
    """Yield the image files that a value names."""
    found = list[str]()

    def note(path: str) -> None:
        found.append(path)

    carried(value, note, image=image)
    yield from found


def image_findings(
    inputs: tuple[FlowInput, ...], document: Document, contents: Contents
) -> Iterator[Finding]:
    """Find defaults that are image files."""
    for each in inputs:
        for path in paths(each.default, image=each.type == "image"):
            lacking = contents.lacking(path)
            cause = (
                f"the default of '{each.name}' is the file '{path}', which the runtime looks for "
                "in its own directory, not in the flow: a call that leaves it out fails"
            )
            if lacking:
                cause = f"the default of '{each.name}': {lacking[0]}"
            at = ("inputs", each.name, "default")
            yield document.finding(at, cause, HOW, "warning")


def is_path(value: str) -> bool:
    """Return whether a text is neither a URL nor an image in base64."""
    last = normpath(value).rsplit("/", 1)[-1]
    return "." in last and len(value) < 400 and "://" not in value and not value.startswith("data:")


def _kind(path: str) -> str:
    ending = path.rsplit(".", 1)[-1].lower()
    return _TYPES.get(ending, ending)
