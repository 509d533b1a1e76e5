"""The four activities that carry every step.

`prepare`, `step` and `poll` begin with one call, and go on for as long as the job need not wait;
`prepare` also wakes older jobs. Their names tell, in an orchestration's history, what it began
with: reading a package, changing something, or looking at an operation. Histories of running jobs
hold these names.
"""

from typing import Any

import azure.durable_functions as df

blueprint = df.Blueprint()


@blueprint.durable_client_input(client_name="client")
@blueprint.activity_trigger(input_name="given")
def prepare(given: Any, client: Any) -> Any:
    from functions import activities

    return activities.prepare(given, client)


@blueprint.activity_trigger(input_name="given")
def step(given: Any) -> Any:
    from functions import activities

    return activities.carry_on(given)


@blueprint.activity_trigger(input_name="given")
def poll(given: Any) -> Any:
    from functions import activities

    return activities.carry_on(given)


@blueprint.activity_trigger(input_name="given")
def publish(given: Any) -> Any:
    from functions import activities

    return activities.publish(given)
