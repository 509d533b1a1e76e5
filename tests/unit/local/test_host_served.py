from typing import Any

import pytest

from local.functions_host.worker.function import Function
from local.functions_host.worker.served import NotServedError, refuse_unserved

BUS: dict[str, Any] = {"type": "serviceBusTrigger", "name": "m", "queueName": "q"}


def app(*bindings: dict[str, Any]) -> list[Function]:
    return [Function("works", "1", bindings)]


def test_features_that_the_host_supports_are_accepted() -> None:
    refuse_unserved(app({"type": "httpTrigger", "name": "r"}, {"type": "http", "name": "$return"}))
    refuse_unserved(app(BUS, {"type": "durableClient", "name": "client"}))


@pytest.mark.parametrize(
    "bindings",
    [
        [{"type": "entityTrigger", "name": "e"}],
        [{"type": "queueTrigger", "name": "q"}],
        [{"type": "timerTrigger", "name": "t"}, {"type": "blob", "name": "out"}],
        [{"type": "serviceBusTrigger", "name": "m", "topicName": "t"}],
        [{**BUS, "isSessionsEnabled": True}],
        [{**BUS, "cardinality": "MANY"}],
    ],
)
def test_unsupported_host_features_are_refused_by_name(bindings: list[dict[str, Any]]) -> None:
    with pytest.raises(NotServedError, match="works"):
        refuse_unserved(app(*bindings))
