"""Renders reference/arm-calls.md from the PUTs that `tests/e2e/test_arm_calls.py` sends.

To regenerate the page: `SLUICE_WRITE_REFERENCE=1 pytest tests/e2e/test_arm_calls.py`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parent / "reference" / "arm-calls.md"

_TOP: Final = """\
# What Sluice writes to Azure

Every PUT that a release sends, with its body, as sent for the manifests below. Besides, Sluice \
only uploads the flow's files into the workspace's storage and DELETEs what is old. \
Values that differ between releases are written `{like this}`; `{ws}` is the workspace's ARM \
id. `access.roles` adds role assignments of the same shape; a rollout's stages are PUTs of the \
endpoint with other traffic.

An end-to-end test generates this page: `SLUICE_WRITE_REFERENCE=1 pytest \
tests/e2e/test_arm_calls.py`.
"""

_VARYING: Final = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "{guid}"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "{digest}"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "{hash}"),
    (re.compile(r"\bd-[0-9a-f]{12}\b"), "{deployment}"),
    (re.compile(r"\b[0-9a-f]{20}\b"), "{job}"),
    (re.compile(r"(?<=versions/)[0-9a-f]{16}\b"), "{environment}"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "{settings}"),
)


@dataclass(frozen=True)
class Sent:
    """The PUTs of one release, and the manifest that it came from."""

    title: str
    manifest: str
    calls: tuple[Mapping[str, Any], ...]


def page(releases: Iterable[Sent], workspace: str) -> str:
    """The reference as Markdown. `workspace`: its ARM id, as it stands in the calls."""
    lines = [_TOP, *(line for release in releases for line in _release(release, workspace))]
    return "\n".join(lines) + "\n"


def _release(release: Sent, workspace: str) -> Iterator[str]:
    yield f"## {release.title}"
    yield ""
    yield f"```yaml\n{release.manifest.strip()}\n```"
    yield ""
    for call in release.calls:
        yield shown(call, workspace)


def shown(call: Mapping[str, Any], workspace: str) -> str:
    """One PUT, as the page shows it."""
    body = _plain(json.dumps(call["body"], indent=2, sort_keys=True), workspace)
    path, version = _plain(call["path"], workspace), call["api_version"]
    return f"### PUT `{path}`\n\napi-version {version}\n\n```json\n{body}\n```\n"


def _plain(text: str, workspace: str) -> str:
    plain = re.sub(re.escape(workspace), "{ws}", text, flags=re.IGNORECASE)
    group = workspace.partition("/providers/")[0]
    plain = re.sub(re.escape(group), "{group}", plain, flags=re.IGNORECASE)
    for pattern, name in _VARYING:
        plain = pattern.sub(name, plain)
    return plain
