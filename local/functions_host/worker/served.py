"""What this host serves, said before it starts: what is left out fails at once, not silently."""

from collections.abc import Iterable
from typing import Final

from local.functions_host.worker.function import Function

_TRIGGERS: Final = frozenset(
    {
        *("httpTrigger", "blobTrigger", "serviceBusTrigger", "timerTrigger"),
        *("orchestrationTrigger", "activityTrigger"),
    }
)
_OTHERS: Final = frozenset({"http", "durableClient"})


class NotServedError(ValueError):
    """The app uses a kind of trigger or binding that the local host leaves out."""


def refuse_unserved(functions: Iterable[Function]) -> None:
    """Check all bindings of an app.

    Raises:
        NotServedError: with the function and the binding.
    """
    for function in functions:
        for binding in function.bindings:
            if binding["type"] not in _TRIGGERS | _OTHERS:
                raise NotServedError(f"{function.name}: no '{binding['type']}' bindings here")
        if function.kind == "serviceBusTrigger":
            _refuse_bus(function)


def _refuse_bus(function: Function) -> None:
    trigger = function.trigger
    if "queueName" not in trigger:
        raise NotServedError(f"{function.name}: queues only, no topics here")
    if trigger.get("isSessionsEnabled"):
        raise NotServedError(f"{function.name}: no sessions here")
    if str(trigger.get("cardinality", "one")).lower() != "one":
        raise NotServedError(f"{function.name}: one message a call here, no batches")
