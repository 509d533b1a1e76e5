"""Names what a person can do next, as a command and as the HTTP call that does the same."""

from typing import Literal

type Act = Literal[
    "abort", "approve", "cancel", "delete", "promote", "reject", "resume", "retry", "rollback",
    "show", "watch",
]  # fmt: skip

_CALLS: dict[Act, str] = {
    "delete": "DELETE /api/endpoints/{0}?confirm={0}",
    "resume": "POST /api/endpoints/{0}/resume",
    "rollback": "POST /api/endpoints/{0}/rollback",
    "show": "GET /api/endpoints/{0}",
    "watch": "GET /api/jobs/{0}",
}


def how_to(act: Act, name: str) -> str:
    """Return how to do that with the job or endpoint: `sluice cancel J (POST /api/jobs/J/cancel)`.

    The same text is read in a terminal, in an HTTP answer and in a message.
    """
    call = _CALLS.get(act, f"POST /api/jobs/{{0}}/{act}")
    return f"sluice {act} {name} ({call.format(name)})"


NO_JOB = "Take the id that sluice drop printed, one of a result, or one of GET /api/jobs"
"""The remedy where there is no such job."""


def no_job(job: str) -> str:
    return f"There is no job '{job}'. {NO_JOB}"
