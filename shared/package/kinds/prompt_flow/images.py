"""Put the images that a flow's defaults name into the sample request."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from posixpath import normpath

from shared.domain.kinds.prompt_flow import Flow
from shared.domain.kinds.prompt_flow.images import carried

MAX_IMAGE = 512 * 1024
"""Bytes of all images in the sample, which the release and the result store."""


def with_images(flow: Flow, root: Path, files: frozenset[str]) -> Flow:
    """Return the flow; its sample has the content of each default that is a file."""
    left = MAX_IMAGE

    def load(path: str) -> str | None:
        nonlocal left
        name = normpath(path)
        place = root / name
        if name not in files or place.stat().st_size > left:
            return None
        content = place.read_bytes()
        left -= len(content)
        return b64encode(content).decode()

    sample = dict(flow.sample)
    for each in flow.inputs:
        if each.name not in sample:
            made = carried(each.default, load, image=each.type == "image")
            if made is not each.default and made != each.default:
                sample[each.name] = made
    return replace(flow, sample=sample)
