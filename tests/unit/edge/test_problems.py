"""Errors over HTTP have the shape of RFC 9457, and the keys that clients have always read."""

import json

import pytest

from tests.fakes.http import FakeHost
from tests.unit.edge.conftest import Starts


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [("jobs/5eaf00d5eaf00d5e", 404, "Not Found"), ("endpoints/a_b", 400, "Bad Request")],
)
def test_an_error_is_a_problem_with_the_older_keys_beside(
    host: FakeHost, starts: Starts, path: str, status: int, title: str
):
    answer = host.ask("GET", path)
    told = json.loads(answer.get_body())
    assert answer.status_code == told["status"] == status
    assert answer.mimetype == "application/problem+json"
    assert (told["type"], told["title"]) == ("about:blank", title)
    assert told["detail"] == told["error"] != ""
    assert ("findings" in told) is (status == 400)
    assert starts.jobs == []
