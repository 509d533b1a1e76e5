"""Check at the start that the host supports every binding of the app."""

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
    """The app uses a trigger or binding that the local host does not support."""


def refuse_unserved(functions: Iterable[Function]) -> None:
    """Check all bindings of an app.

    Raises:
        NotServedError: with the function and the binding.
    """
    for function in functions:
        for binding in function.bindings:
            if binding["type"] not in _TRIGGERS | _OTHERS:
                raise NotServedError(
                    f"{function.name}: '{binding['type']}' bindings are not supported"
                )
        if function.kind == "serviceBusTrigger":
            _refuse_bus(function)


def _refuse_bus(function: Function) -> None:
    trigger = function.trigger
    if "queueName" not in trigger:
        raise NotServedError(f"{function.name}: topics are not supported, only queues")
    if trigger.get("isSessionsEnabled"):
        raise NotServedError(f"{function.name}: sessions are not supported")
    if str(trigger.get("cardinality", "one")).lower() != "one":
        raise NotServedError(f"{function.name}: batches are not supported, only one message a call")
