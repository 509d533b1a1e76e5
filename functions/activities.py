"""The activities of a job. Each takes and gives JSON, and fails as data."""

from typing import Any

from functions.engine import wake
from functions.job_activity import JobActivity
from shared.bootstrap import ports


def carry_on(given: Any) -> Any:
    """Run a step or poll its operation, and go on from there."""
    return JobActivity(ports()).go(given)


def prepare(given: Any, client: Any) -> Any:
    """Begin a job, and wake the older jobs of the endpoint, so that they give way at once."""
    return JobActivity(ports(), lambda job: wake(client, job)).go(given)


def publish(given: Any) -> Any:
    return JobActivity(ports()).publish(given)
