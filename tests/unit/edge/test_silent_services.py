"""An answer while a service is silent: what may have happened depends on what was asked."""

import json
from collections.abc import Callable

import azure.functions as func
import pytest

from functions.answer import answer
from shared.domain.failure import Unavailable


def _failing(failure: Unavailable) -> Callable[[], func.HttpResponse]:
    def do() -> func.HttpResponse:
        raise failure

    return do


@pytest.mark.parametrize("failure", [Unavailable("Timeout", "x"), Unavailable("Busy", "Too many")])
def test_what_could_not_be_read_says_when_to_ask_again(failure: Unavailable) -> None:
    response = answer(_failing(failure))
    detail = json.loads(response.get_body())["detail"]
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert detail.endswith("Nothing could be read. Ask again in 5 s")
    assert "accepted" not in detail


def test_a_request_that_timed_out_may_have_been_accepted() -> None:
    response = answer(_failing(Unavailable("Timeout", "x")), accepts=True)
    detail = json.loads(response.get_body())["detail"]
    assert "may have been accepted all the same. Repeat it with the same Idempotency-Key" in detail
    assert "read" not in detail
