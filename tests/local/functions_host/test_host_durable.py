from pathlib import Path

from tests.local.functions_host.host_stack import Stack
from tests.local.part import eventually


def test_orchestration_runs_through_the_bridge(shared: Stack) -> None:
    shared.start("three", "job2")
    assert shared.output("job2") == ["Hello a", "Hello b", "Hello c"]
    status = shared.http.get("/api/status/job2").json()
    assert status["output"] == ["Hello a", "Hello b", "Hello c"]


def test_running_instance_id_is_refused_and_the_app_gets_the_error(shared: Stack) -> None:
    shared.start("waits", "job3")
    assert shared.http.post("/api/start/waits?id=job3").status_code == 500
    assert "ALREADY_EXISTS" in shared.log.read_text()


def test_management_api_needs_its_key_and_controls_instances(shared: Stack) -> None:
    url = "/runtime/webhooks/durabletask/instances"
    key = {"x-functions-key": shared.host.facts["durable_key"]}
    shared.start("waits", "job4")
    assert shared.http.get(f"{url}/job4").status_code == 401
    running = eventually(
        lambda: shared.http.get(f"{url}/job4", headers=key),
        lambda answer: answer.json()["customStatus"] is not None,
    )
    assert running.status_code == 202
    assert running.json()["runtimeStatus"] == "Running"
    assert shared.http.post(f"{url}/job4/raiseEvent/go", headers=key, json=[1]).status_code == 202
    assert shared.output("job4") == [1]
    assert shared.http.post(f"{url}/job4/raiseEvent/go", headers=key, json=1).status_code == 410
    assert shared.http.delete(f"{url}/job4", headers=key).json() == {"instancesDeleted": 1}
    assert shared.http.get(f"{url}/job4", headers=key).status_code == 404
    shared.start("waits", "job4")
    shared.http.post(f"{url}/job4/terminate", params={"reason": "enough"}, headers=key)
    assert shared.output("job4") == "enough"


def test_failures_keep_type_and_message(shared: Stack) -> None:
    shared.start("fails", "job5", "the reason")
    assert "the reason" in shared.output("job5")
    shared.start("fails", "empty", "")
    assert shared.output("empty")
    shared.start("nobody", "unknown")
    assert "'nobody' doesn't exist" in shared.output("unknown")


def test_activity_without_input_fails_as_in_azure(shared: Stack) -> None:
    shared.start("no_input", "job6")
    assert "'NoneType' object has no attribute" in shared.output("job6")


def test_host_json_limits_concurrent_activities(shared: Stack) -> None:
    shared.start("fan", "job7", 10)
    assert shared.output("job7") == [0.3] * 10
    moments = sorted(
        [(each["at"], 1) for each in shared.seen("slow begun")]
        + [(each["at"], -1) for each in shared.seen("slow ended")]
    )
    running, most = 0, 0
    for _, change in moments:
        running += change
        most = max(most, running)
    assert most == 4


def test_function_that_exits_or_is_cancelled_fails_without_ending_the_host(shared: Stack) -> None:
    shared.start("leaves", "exits", "exits")
    assert "3" in shared.output("exits")
    shared.start("leaves", "cancels", "cancels")
    assert "cancelled" in shared.output("cancels")


def test_activity_that_finishes_during_shutdown_is_not_run_again(stack: Stack) -> None:
    stack.start("pauses", "job", 0.8)
    eventually(lambda: stack.seen("slow begun"))
    assert stack.host.stop() == 0
    stack.host.start()
    assert stack.output("job") == 0.8
    assert len(stack.seen("slow begun")) == 1


def test_killed_host_continues_its_work(stack: Stack) -> None:
    stack.start("pauses", "job", 2.0)
    stack.host.kill()
    stack.host.start()
    begun = len(eventually(lambda: stack.seen("slow begun")))
    stack.host.kill()
    stack.host.start()
    assert stack.output("job") == 2.0
    assert len(stack.seen("slow begun")) == begun + 1


def test_host_reconnects_to_a_killed_backend(stack: Stack, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    stack.start("holds", "job", str(gate))
    eventually(lambda: stack.seen("held"))
    stack.durable.kill()
    stack.durable.start()
    stack.start("three", "other")
    assert stack.output("other") == ["Hello a", "Hello b", "Hello c"]
    gate.touch()
    assert stack.output("job") == "let go"
    assert len(stack.seen("held")) == 1, "what still ran was not begun again"


def test_kill_of_host_and_backend_loses_nothing(stack: Stack) -> None:
    stack.start("pauses", "job", 0.2)
    stack.host.kill()
    stack.durable.kill()
    stack.durable.start()
    stack.host.start()
    assert stack.output("job") == 0.2
