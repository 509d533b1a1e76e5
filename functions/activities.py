"""The four activities that carry every step. Each takes and gives JSON, and fails as data.

`prepare`, `step` and `poll` have one body. Their names tell, in an orchestration's history, reading
a package from changing something and from looking at an operation; and histories of running jobs
hold these names.
"""

from typing import Any

import azure.durable_functions as df

from functions.engine import wake
from shared.bootstrap import ports
from shared.domain.failure import AzureFailure
from shared.domain.jobs.ending import ending_from_json
from shared.domain.jobs.step_call import call_from_json
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, report_to_json
from shared.steps.publish import publish as publish_result
from shared.steps.run import run, unavailable

blueprint = df.Blueprint()


@blueprint.durable_client_input(client_name="client")
@blueprint.activity_trigger(input_name="given")
def prepare(given: Any, client: Any) -> Any:
    """Also wake the older jobs of the endpoint, so that they give way at once."""
    report = _run(given)
    for job in report.facts.older:
        wake(client, job)
    return report_to_json(report)


@blueprint.activity_trigger(input_name="given")
def step(given: Any) -> Any:
    return report_to_json(_run(given))


@blueprint.activity_trigger(input_name="given")
def poll(given: Any) -> Any:
    return report_to_json(_run(given))


@blueprint.activity_trigger(input_name="given")
def publish(given: Any) -> Any:
    try:
        outcome = publish_result(ports(), given["job"], ending_from_json(given["ending"]))
    except AzureFailure as failure:
        return report_to_json(unavailable(failure))
    return report_to_json(ok(facts=StepFacts(outcome=outcome)))


def _run(given: Any) -> StepReport:
    return run(ports(), call_from_json(given))
