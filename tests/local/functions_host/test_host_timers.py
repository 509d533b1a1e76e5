import time

from tests.local.functions_host.host_stack import BuildStack
from tests.local.part import eventually


def test_timer_runs_on_start_up_and_by_hand_but_not_early(build: BuildStack) -> None:
    stack = build(EAGER="1")
    assert len(eventually(lambda: stack.seen("timer"))) == 1
    run = "/admin/functions/on_timer"
    assert stack.http.post(run, json={}).status_code == 401
    master = {"x-functions-key": stack.host.facts["master_key"]}
    assert stack.http.post(run, json={}, headers=master).status_code == 202
    eventually(lambda: len(stack.seen("timer")) == 2)
    assert stack.http.post("/admin/functions/x", headers=master).status_code == 404


def test_timer_runs_on_schedule_and_a_missed_run_is_past_due(build: BuildStack) -> None:
    stack = build(SCHEDULE="*/2 * * * * *")
    eventually(lambda: len(stack.seen("timer")) >= 2)
    stack.host.kill()
    first, second, *more = stack.seen("timer")
    assert first["past_due"] is False
    assert second["status"]["Last"] < second["status"]["Next"]
    time.sleep(2.2)
    stack.host.start()
    missed = eventually(lambda: stack.seen("timer")[2 + len(more) :])
    assert missed[0]["past_due"] is True
