"""Scan the outputs of notebooks for keys."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.domain.masking import shows_secret
from shared.package import limits

_IMAGE = re.compile(r"[A-Za-z0-9+/\n]{200,}={0,2}\n?")
"""Images and other bytes as base64, which cannot show a key."""


class Notebooks:
    """Scans the notebooks of one folder. A notebook that cannot be scanned is left out.

    Versions of the format put outputs in different places, so every text is scanned except the
    source of cells, which is code as in other files. Any encoding of JSON is accepted.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._left = limits.MAX_NOTEBOOK_TEXT

    def left_out(self, path: str) -> str | None:
        """Why a notebook is left out, or None."""
        with (self._root / path).open("rb") as file:
            content = file.read(limits.MAX_NOTEBOOK + 1)
        if len(content) > limits.MAX_NOTEBOOK:
            return f"it is over {limits.MAX_NOTEBOOK // 1024**2} MB, too large to scan for keys"
        try:
            # Objects as pairs: if a name occurs twice, both values are in the file.
            notebook = json.loads(content, object_pairs_hook=tuple) if content.strip() else None
        except (ValueError, RecursionError):
            return "it is not valid JSON, so it cannot be scanned for keys"
        for text in _texts(notebook):
            self._left -= len(text)
            if self._left < 0:
                return "the notebooks' outputs are too large to scan for keys"
            if shows_secret(text):
                return "an output in it looks like a key"
        return None


def _texts(notebook: Any) -> Iterator[str]:
    waiting = [notebook]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if not _IMAGE.fullmatch(value):
                yield value
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            waiting.append("".join(value))
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, tuple):
            cell = any(name == "cell_type" for name, _ in value)
            for name, each in value:
                if not (cell and name in {"source", "input"}):
                    text = isinstance(each, str) and not _IMAGE.fullmatch(each)
                    waiting.append(json.dumps({name: each}) if text else each)
