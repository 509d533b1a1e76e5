"""Repeated requests, through any door: one deployment, one result, no further writes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.client import Client, zipped


def test_a_drop_repeated_by_messages_and_calls_is_one_deployment(echo: Client, samples: Path):
    content = zipped(samples / "hello")
    first = echo.drop("same.zip", content)
    assert echo.outcome(first)["outcome"] == "succeeded"
    echo.admin("DELETE", "calls")

    second = echo.drop("same.zip", content)
    body = {"source": {"blob": "same.zip"}}
    for number in range(20):
        echo.send(body, f"same-{number % 10}")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: echo.call("POST", "deployments", json=body), range(20)))

    assert {answer.status_code for answer in answers} == {202}
    jobs = {second, *(answer.json()["job"] for answer in answers)}
    assert {echo.outcome(job)["outcome"] for job in jobs} == {"unchanged"}
    assert len(echo.results(first)) == 1
    for number in range(10):
        (event,) = echo.answers(f"same-{number}")
        assert event["data"]["outcome"] == "unchanged"
    assert len(echo.deployments("same")) == 1
    assert echo.writes("same") == []
    assert echo.writes("roleAssignments") == []
