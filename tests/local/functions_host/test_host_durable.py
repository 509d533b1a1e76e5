import time

from tests.local.functions_host.host_stack import Stack
from tests.local.part import eventually


def test_an_orchestration_runs_through_the_bridge(stack: Stack):
    stack.start("three", "job")
    assert stack.output("job") == ["Hello a", "Hello b", "Hello c"]
    status = stack.http.get("/api/status/job").json()
    assert status["output"] == ["Hello a", "Hello b", "Hello c"]


def test_a_running_id_is_refused_and_the_refusal_reaches_the_app(stack: Stack):
    stack.start("waits", "job")
    assert stack.http.post("/api/start/waits?id=job").status_code == 500
    assert "ALREADY_EXISTS" in stack.log.read_text()


def test_the_management_api_needs_its_key_and_tells_and_ends_instances(stack: Stack):
    url = "/runtime/webhooks/durabletask/instances"
    key = {"x-functions-key": stack.host.facts["durable_key"]}
    stack.start("waits", "job")
    assert stack.http.get(f"{url}/job").status_code == 401
    running = eventually(
        lambda: stack.http.get(f"{url}/job", headers=key),
        lambda answer: answer.json()["customStatus"] is not None,
    )
    assert running.status_code == 202
    assert running.json()["runtimeStatus"] == "Running"
    assert stack.http.post(f"{url}/job/raiseEvent/go", headers=key, json=[1]).status_code == 202
    assert stack.output("job") == [1]
    assert stack.http.post(f"{url}/job/raiseEvent/go", headers=key, json=1).status_code == 410
    assert stack.http.delete(f"{url}/job", headers=key).json() == {"instancesDeleted": 1}
    assert stack.http.get(f"{url}/job", headers=key).status_code == 404
    stack.start("waits", "job")
    stack.http.post(f"{url}/job/terminate", params={"reason": "enough"}, headers=key)
    assert stack.output("job") == "enough"


def test_failures_keep_type_and_message(stack: Stack):
    stack.start("fails", "job", "the reason")
    assert "the reason" in stack.output("job")
    stack.start("fails", "empty", "")
    assert stack.output("empty")
    stack.start("nobody", "unknown")
    assert "'nobody' doesn't exist" in stack.output("unknown")


def test_an_activity_without_an_input_fails_as_in_azure(stack: Stack):
    stack.start("no_input", "job")
    assert "'NoneType' object has no attribute" in stack.output("job")


def test_no_more_activities_at_once_than_host_json_says(stack: Stack):
    stack.start("fan", "job", 10)
    assert stack.output("job") == [0.3] * 10
    moments = sorted(
        [(each["at"], 1) for each in stack.seen("slow begun")]
        + [(each["at"], -1) for each in stack.seen("slow ended")]
    )
    running, most = 0, 0
    for _, change in moments:
        running += change
        most = max(most, running)
    assert most == 4


def test_a_killed_host_goes_on_where_it_was(stack: Stack):
    stack.start("pauses", "job", 1.0)
    time.sleep(0.5)
    stack.host.kill()
    stack.host.start()
    eventually(lambda: stack.seen("slow begun"))
    stack.host.kill()
    stack.host.start()
    assert stack.output("job") == 1.0
    assert len(stack.seen("slow begun")) == 2


def test_a_killed_backend_is_found_again_within_a_second(stack: Stack):
    stack.start("pauses", "job", 1.5)
    eventually(lambda: stack.seen("slow begun"))
    stack.durable.kill()
    stack.durable.start()
    begun = time.monotonic()
    stack.start("three", "other")
    assert stack.output("other") == ["Hello a", "Hello b", "Hello c"]
    assert time.monotonic() - begun < 1.5
    assert stack.output("job") == 1.5
    assert len(stack.seen("slow begun")) == 1, "what still ran was not begun again"


def test_both_killed_and_back_lose_nothing(stack: Stack):
    stack.start("pauses", "job", 0.2)
    stack.host.kill()
    stack.durable.kill()
    stack.durable.start()
    stack.host.start()
    assert stack.output("job") == 0.2
