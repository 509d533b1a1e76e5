"""Invalid requests are refused at each door, and change nothing."""

import json
from collections import Counter
from datetime import UTC, datetime

from shared.steps.intake.doors import accept_message
from tests.fakes.http import FakeHost
from tests.fakes.world import World
from tests.hostile.bodies import misshapen, unreadable
from tests.hostile.requests import requests
from tests.unit.edge.conftest import Starts


def test_each_wrong_request_is_refused_and_starts_no_job(
    world: World, host: FakeHost, starts: Starts
):
    world.deploy()
    before = list(world.workspace.writes)
    told, wrong = Counter[int](), list[object]()
    for asked in requests():
        answer = host.ask(asked.method, asked.path, asked.body, asked.headers)
        told[answer.status_code] += 1
        fine = answer.status_code == 404 or (
            answer.status_code in {400, 413} and json.loads(answer.get_body())["findings"]
        )
        if not fine:
            wrong.append((asked.kind, asked.path[:80], asked.body[:80], answer.status_code))

    assert wrong == []
    assert sum(told.values()) >= 2000
    assert starts.jobs == []
    assert world.workspace.writes == before


def test_each_wrong_message_ends_as_a_rejected_job(world: World):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    jobs = [
        accept_message(world.ports, body, message_id=str(number), enqueued=now).job
        for number, body in enumerate((*unreadable(), *misshapen()))
    ]
    assert len(set(jobs)) == len(jobs)
    outcomes = {world.engine.run(job) for job in jobs}
    assert outcomes == {"rejected"}
    assert world.writes == []


def test_a_deletion_may_be_confirmed_in_any_case(world: World, host: FakeHost, starts: Starts):
    world.deploy()

    answer = host.ask("DELETE", "endpoints/Hello?confirm=HELLO")

    assert answer.status_code == 202
    world.engine.run(starts.jobs[0])
    assert world.workspace.endpoint("hello") is None
