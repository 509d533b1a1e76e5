"""The four activities that carry every step.

`prepare`, `step` and `poll` have one body. Their names tell, in an orchestration's history, reading
a package from changing something and from looking at an operation; and histories of running jobs
hold these names.
"""

from typing import Any

import azure.durable_functions as df

blueprint = df.Blueprint()


@blueprint.activity_trigger(input_name="given")
def prepare(given: Any) -> Any:
    from functions import activities

    return activities.carry_out(given)


@blueprint.activity_trigger(input_name="given")
def step(given: Any) -> Any:
    from functions import activities

    return activities.carry_out(given)


@blueprint.activity_trigger(input_name="given")
def poll(given: Any) -> Any:
    from functions import activities

    return activities.carry_out(given)


@blueprint.activity_trigger(input_name="given")
def publish(given: Any) -> Any:
    from functions import activities

    return activities.publish(given)
