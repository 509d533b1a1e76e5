"""`sluice job JOB`: one job as it is now."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cli.errors import DONE
from cli.outcome import outcome_lines
from cli.service import Service
from cli.target import Target
from cli.text import moment, print_json, print_lines
from cli.timeline import phase_line, progress_line, step_lines
from shared.domain.access.caller import KEY_HOLDER


def job(job: str, target: Target, *, as_json: bool) -> int:
    """Print the job's state, steps, decisions and verdicts and, at its end, its result."""
    service = Service(target)
    shown = service.job(service.whole_id(job))
    if as_json:
        print_json(shown)
    else:
        print_lines(_lines(shown, local=target.local))
    return DONE


def _lines(shown: Mapping[str, Any], *, local: bool) -> Iterator[str]:
    now = datetime.now(UTC)
    who = f" by {shown['by']}" if shown.get("by") else ""
    yield f"job {shown['job']}: {shown['state']}"
    yield f"  endpoint    {shown.get('endpoint') or 'not known yet'}"
    yield f"  source      {shown.get('source')}, {shown.get('door')} door"
    yield f"  accepted    {moment(shown.get('accepted'))}{who}"
    if shown.get("retry_of"):
        yield f"  retry of    {shown['retry_of']}"
    for step in shown["steps"]:
        yield from step_lines(step, shown, now)
    if (phase := phase_line(shown)) is not None:
        yield phase
    yield f"  {progress_line(shown, now)}"
    for it in shown.get("decisions") or ():
        why = f" ({it['reason']})" if it.get("reason") else ""
        yield f"  {it['kind']:<10}  by {it['by'] or KEY_HOLDER}, {moment(it['at'])}{why}"
    for it in shown.get("verdicts") or ():
        yield from _verdict(it)
    if shown.get("result"):
        yield from outcome_lines(shown, local=local)
    else:
        yield f"  follow it   sluice watch {shown['job']}"


def _verdict(it: Mapping[str, Any]) -> Iterator[str]:
    """A verdict on a stage, or of a gate before all traffic with what it found."""
    judged = it.get("gate") or f"stage {it['stage']}, {it['percent']} %"
    yield f"  verdict     {judged}: {it['outcome']}. {it['words']}"
    for check in it.get("compared") or ():
        yield f"    {check['state']:<7}  {check['name']}: {check['words']}"
