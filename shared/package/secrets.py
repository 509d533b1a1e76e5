"""The files of a folder that hold secrets: left out of pack, digest and upload, with a warning."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from shared.domain.errors import Finding, Rejected
from shared.domain.masking import masked
from shared.domain.secret_files import holds_secrets
from shared.package.texts import read_text

_REMEDY = (
    "Take it out of the folder, or name it under flow.include_secret_files in deploy.yaml "
    "where the flow cannot do without"
)


def secret_files(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths that hold secrets.

    A certificate without its key does not; a notebook does where an output looks like a key.
    """
    return frozenset(path for path in paths if _holds(root, path))


def secret_findings(paths: Iterable[str]) -> Iterator[Finding]:
    """What the person is told of files that were left out."""
    for path in sorted(paths):
        why = "an output in it looks like a key" if path.endswith(".ipynb") else "its name says so"
        cause = f"left out, since it holds secrets: {why}"
        yield Finding(path, None, cause, _REMEDY, "warning")


def _holds(root: Path, path: str) -> bool:
    if path.endswith(".ipynb"):
        return _shows_a_key(_text(root, path))
    if path.lower().endswith(".pem") and holds_secrets(path):
        text = _text(root, path)
        return "PRIVATE KEY" in text or "BEGIN CERTIFICATE" not in text
    return holds_secrets(path)


def _text(root: Path, path: str) -> str:
    """The text of a file; nothing of a link, or where it is too large or no text."""
    try:
        return "" if (root / path).is_symlink() else read_text(root, path)
    except (Rejected, OSError):
        return ""


def _shows_a_key(notebook: str) -> bool:
    try:
        cells = json.loads(notebook)["cells"]
        outputs = [cell.get("outputs") or [] for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return any(masked(text) != text for text in _texts(outputs))


def _texts(value: Any) -> Iterator[str]:
    """All text in it; images are no text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if not key.startswith(("image/", "application/vnd")):
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
