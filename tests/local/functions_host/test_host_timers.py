import time

from tests.local.functions_host.host_stack import BuildStack, Stack
from tests.local.part import eventually


def test_a_timer_runs_on_schedule_and_tells_its_status(build: BuildStack):
    stack = build(SCHEDULE="*/1 * * * * *")
    eventually(lambda: len(stack.seen("timer")) >= 3)
    first, second = stack.seen("timer")[:2]
    assert first["past_due"] is False
    assert second["status"]["Last"] < second["status"]["Next"]


def test_a_timer_can_run_on_start_up_and_by_hand(build: BuildStack):
    stack = build(EAGER="1")
    assert len(eventually(lambda: stack.seen("timer"))) == 1
    run = "/admin/functions/on_timer"
    assert stack.http.post(run, json={}).status_code == 401
    master = {"x-functions-key": stack.host.facts["master_key"]}
    assert stack.http.post(run, json={}, headers=master).status_code == 202
    eventually(lambda: len(stack.seen("timer")) == 2)
    assert stack.http.post("/admin/functions/x", headers=master).status_code == 404


def test_a_run_missed_while_the_host_was_down_is_past_due(build: BuildStack):
    stack = build(SCHEDULE="*/2 * * * * *")
    eventually(lambda: stack.seen("timer"))
    stack.host.kill()
    count = len(stack.seen("timer"))
    time.sleep(2.2)
    stack.host.start()
    eventually(lambda: len(stack.seen("timer")) > count)
    assert stack.seen("timer")[count]["past_due"] is True


def test_nothing_runs_before_its_time(stack: Stack):
    assert stack.seen("timer") == []
