"""Renders the result of `sluice drop --json` as Markdown, and the action's outputs.

usage: report.py FLOW < result.json > comment.md 3> outputs
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

_OUTPUTS: Final = ("outcome", "endpoint", "job")
_MOST_FINDINGS: Final = 30


def outputs(result: Mapping[str, Any]) -> str:
    """Return lines for $GITHUB_OUTPUT; a value is a single line, so that it sets nothing else."""
    return "".join(f"{name}={_line(result.get(name) or '')}\n" for name in _OUTPUTS)


def render(flow: str, result: Mapping[str, Any]) -> str:
    """Return the comment. Its first line names the flow, so that the next push finds it."""
    return "\n".join(_lines(flow, result)) + "\n"


def _lines(flow: str, result: Mapping[str, Any]) -> Iterator[str]:
    yield f"<!-- sluice {_line(flow).replace('--', '')} -->"
    outcome = result.get("outcome") or "no result"
    yield f"**{_text(flow)}**: {_text(outcome)}" + _at(result)
    yield ""
    for finding in (result.get("findings") or [])[:_MOST_FINDINGS]:
        place = ":".join(str(finding[key]) for key in ("file", "line") if finding.get(key))
        yield f"- `{_code(place)}` {_text(finding.get('cause'))}. {_text(finding.get('remedy'))}."
    diagnosis = result.get("diagnosis") or {}
    if diagnosis:
        yield f"- {_text(diagnosis.get('cause'))}. {_text(diagnosis.get('remedy'))}."
    for warning in result.get("warnings") or []:
        yield f"- Warning: {_text(warning)}"
    if studio := (result.get("links") or {}).get("studio"):
        yield f"\n[The endpoint in the studio]({_line(studio)})"
    if job := result.get("job"):
        yield f"\nJob `{_code(job)}`: `sluice watch {_code(job)}`"


def _at(result: Mapping[str, Any]) -> str:
    endpoint, deployment = result.get("endpoint"), result.get("deployment")
    if not endpoint:
        return ""
    return f" at `{_code(endpoint)}`" + (
        f", deployment `{_code(deployment)}`" if deployment else ""
    )


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _code(value: object) -> str:
    return _line(value).replace("`", "'")


def _text(value: object) -> str:
    """Return text that GitHub shows as it is: it mentions nobody, and makes no link or tag."""
    text = _line(value).rstrip(".")
    return "".join(f"\\{it}" if it in "\\`*_[]<>|#" else it for it in text).replace("@", "@\u200b")


def main() -> None:
    text = sys.stdin.read()
    result = json.loads(text) if text.strip() else {}
    with os.fdopen(3, "w", encoding="utf-8") as into:
        into.write(outputs(result))
    sys.stdout.write(render(sys.argv[1], result))


if __name__ == "__main__":
    main()
