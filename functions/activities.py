"""The activities of a job. Each takes and gives JSON, and fails as data."""

from typing import Any

from shared.bootstrap import ports
from shared.domain.failure import AzureFailure
from shared.domain.jobs.ending import ending_from_json
from shared.domain.jobs.step_call import call_from_json
from shared.domain.jobs.step_report import StepFacts, ok, report_to_json
from shared.steps.publish import publish as publish_result
from shared.steps.run import run, unavailable


def carry_out(given: Any) -> Any:
    """Run a step or poll its operation."""
    return report_to_json(run(ports(), call_from_json(given)))


def publish(given: Any) -> Any:
    try:
        outcome = publish_result(ports(), given["job"], ending_from_json(given["ending"]))
    except AzureFailure as failure:
        return report_to_json(unavailable(failure))
    return report_to_json(ok(facts=StepFacts(outcome=outcome)))
