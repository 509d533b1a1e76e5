"""The orchestration of a job; `functions.deploy` folds it."""

from collections.abc import Generator
from typing import Any

import azure.durable_functions as df
from durabletask import task

blueprint = df.Blueprint()


@blueprint.orchestration_trigger(context_name="context")
def deploy(context: task.OrchestrationContext, given: Any) -> Generator[Any, Any, str]:
    """Run one job from request to result; return its outcome."""
    from functions import deploy

    return (yield from deploy.deploy(context, given))
