import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from azure.core.exceptions import ServiceRequestError

from shared.adapters.translation import explained, failure, failure_of, retry_after
from shared.domain.failure import Conflict, Denied, Refused, Unavailable


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Denied),
        (403, Denied),
        (404, Refused),
        (408, Unavailable),
        (409, Conflict),
        (412, Conflict),
        (422, Refused),
        (429, Unavailable),
        (500, Unavailable),
        (507, Unavailable),
    ],
)
def test_each_status_is_translated_to_one_kind_of_failure(
    status: int, kind: type[Exception]
) -> None:
    assert type(failure(status, "Code", "Message")) is kind


def test_a_missing_answer_is_unavailable() -> None:
    found = failure_of(ServiceRequestError("refused\nlong story"))
    assert type(found) is Unavailable
    assert (found.code, found.message, found.status) == ("ServiceRequestError", "refused", 0)


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after({"Retry-After": "17"}) == 17
    soon = retry_after({"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=30))})
    assert soon is not None
    assert 25 < soon <= 30
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({}) is None


def test_the_more_specific_detail_is_reported() -> None:
    error = {
        "code": "BadRequest",
        "message": "The request is invalid.",
        "details": [{"code": "MissingDriverProgram", "message": "No driver.", "details": []}],
    }
    assert explained(error) == ("MissingDriverProgram", "No driver.")


def test_an_error_inside_json_in_a_message_is_unwrapped() -> None:
    inner = json.dumps({"errors": {"Traffic": ["Must sum up.", "Is odd."]}, "title": "t"})
    assert explained({"code": "BadRequest", "message": inner})[1] == "Must sum up.; Is odd."
    for plain in ("[1]", "1", "{}", '{"errors": 3}'):
        assert explained({"code": "c", "message": plain})[1] == plain
