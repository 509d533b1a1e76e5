from tests.contract.bus_sides import Queues


def test_a_result_sent_twice_is_visible_once(queues: Queues) -> None:
    event = {"specversion": "1.0", "type": "t", "data": {"ü": "☃"}}
    for _ in range(2):
        queues.bus.send_result(event, message_id="result-1", correlation_id="job-1")
    queues.bus.send_result({**event, "type": "u"}, message_id="result-2", correlation_id="job-2")
    first, second = queues.results()
    assert first == (event, "job-1")
    assert second[1] == "job-2"


def test_changes_of_a_folder_in_one_second_are_one_message(queues: Queues) -> None:
    when = "2026-11-22T15:00:00"
    queues.bus.send_change("prod/echo/flow.dag.yaml", f"{when}+00:00", delay=0.1)
    queues.bus.send_change("prod/echo/code.py", f"{when}.750000+00:00", delay=0.1)
    queues.bus.send_change("prod/other/code.py", f"{when}+00:00", delay=0.1)
    queues.bus.send_change("prod/echo/code.py", "2026-11-22T15:00:01+00:00", delay=0.1)
    bodies = [body for body, _ in queues.changes()]
    assert [body["path"] for body in bodies] == [
        "prod/echo/flow.dag.yaml",
        "prod/other/code.py",
        "prod/echo/code.py",
    ]
    assert bodies[0]["modified"] == f"{when}+00:00"
