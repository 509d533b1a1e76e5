"""A job's result as lines of text, and its exit code."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cli.errors import DONE, FAILED, REFUSED, SUPERSEDED
from cli.timeline import Job, total_time
from shared.domain.access.caller import KEY_HOLDER
from shared.domain.errors import Finding

type Result = Mapping[str, Any]

EXIT_CODES: Final = {
    "succeeded": DONE,
    "unchanged": DONE,
    "failed": FAILED,
    "rolled back": FAILED,
    "rejected": REFUSED,
    "superseded": SUPERSEDED,
    "canceled": SUPERSEDED,
}

# An excerpt; `--json` prints the whole log.
LOG_LINES: Final = 30
LOG_COLUMNS: Final = 300
# Long enough for any command to copy.
MESSAGE_CHARACTERS: Final = 1_200


def exit_code(result: Result) -> int:
    """Return the exit code of the outcome; an unknown outcome is a failure."""
    return EXIT_CODES.get(str(result["outcome"]), FAILED)


def outcome_lines(job: Job, *, local: bool) -> Iterable[str]:
    """Yield the result of a job that has ended in lines, most important first.

    Args:
        job: the job.
        local: leave out what a local stack does not have: pages of the portal, az.
    """
    result: Result = job["result"]["data"]
    took = total_time(job, datetime.now(UTC))
    after = f", after {took}" if took else ""
    yield f"{result['outcome']}: {result.get('endpoint') or result.get('source', '')}{after}"
    if result["outcome"] == "superseded":
        yield f"  {_newer_job(result.get('superseded_by'))}"
    if decided := result.get("decision"):
        why = f" ({decided['reason']})" if decided.get("reason") else ""
        yield f"  {decided['kind']:<10}  by {decided['by'] or KEY_HOLDER}{why}"
        yield f"  {'effect':<10}  {decided['effect']}"
    for finding in result.get("findings") or ():
        yield f"  {finding['severity']}  {Finding.from_dict(finding)}"
    yield from _diagnosis_lines(result.get("diagnosis"))
    for deleted in result.get("removed") or ():
        yield f"  deleted     {deleted['kind']} {deleted['name']}"
    if exit_code(result) == DONE and result.get("scoring_uri"):
        yield from _endpoint_lines(result, local=local)
    for warning in result.get("warnings") or ():
        yield f"  warning     {warning}"


def _newer_job(job: str | None) -> str:
    if job:
        return f"a newer job has its turn: {job}"
    return "another job took the turn while Sluice was down: check the endpoint, and drop it again"


def _endpoint_lines(result: Result, *, local: bool) -> Iterable[str]:
    shares = result.get("traffic") or {}
    traffic = ", ".join(f"{name} {share} %" for name, share in shares.items())
    yield f"  traffic     {traffic}"
    yield f"  scoring     {result['scoring_uri']}"
    page = (result.get("links") or {}).get("studio")
    if not local:
        yield f"  key         {result.get('credential')}"
    if page and not local:
        yield f"  page        {page}"
    sample = json.dumps(result.get("sample_request") or {}, ensure_ascii=False)
    yield f"  try         sluice invoke {result.get('endpoint')} {_quoted(sample)}"


def _diagnosis_lines(diagnosis: Mapping[str, Any] | None) -> Iterable[str]:
    if not diagnosis:
        return
    for name in ("cause", "remedy", "page", "code", "message"):
        if diagnosis.get(name):
            yield f"  {name:<11} {_cut(str(diagnosis[name]), MESSAGE_CHARACTERS)}"
    if diagnosis.get("log"):
        yield "  the end of the log"
        for line in str(diagnosis["log"]).splitlines()[-LOG_LINES:]:
            yield f"    {_cut(line, LOG_COLUMNS)}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} ..."


def _quoted(text: str) -> str:
    """Quote the text as one word for a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"
