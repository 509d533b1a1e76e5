"""Answers of the HTTP door have the shape that the command line reads."""

import json
from typing import Any

from cli.answers import (
    ACCEPTED,
    CONSUME,
    DEAD_LETTERS,
    ENDPOINT,
    ENDPOINTS,
    JOB,
    JOBS,
    METRICS,
    PLAN,
    RETIREMENT,
    SETTLED,
)
from cli.shapes import Shape, find_mismatch
from shared.domain.requests.waiting_message import incoming
from tests.fakes.http import FakeHost
from tests.fakes.world import World, package
from tests.unit.edge.conftest import Starts


def _wrong(
    host: FakeHost, path: str, shape: Shape, method: str = "GET", body: bytes = b""
) -> str | None:
    answer: Any = host.ask(method, path, body)
    assert answer.status_code in {200, 202}, answer.get_body()
    return find_mismatch(json.loads(answer.get_body()), shape)


def test_the_command_line_reads_every_answer_of_the_api(
    world: World, host: FakeHost, starts: Starts
):
    running = world.drop()
    assert _wrong(host, f"jobs/{running}", JOB) is None
    world.engine.run(running)
    rejected = world.deploy(content=b"no zip")

    for path, shape in (
        ("endpoints", ENDPOINTS),
        ("endpoints/hello", ENDPOINT),
        ("endpoints/hello/consume", CONSUME),
        ("endpoints/hello/metrics?minutes=60", METRICS),
        ("retirement", RETIREMENT),
        ("jobs", JOBS),
        (f"jobs/{running}", JOB),
        (f"jobs/{rejected['job']}", JOB),
    ):
        assert (path, _wrong(host, path, shape)) == (path, None)

    assert _wrong(host, "endpoints/hello?confirm=hello", ACCEPTED, "DELETE") is None
    world.engine.run(starts.jobs[0])
    assert _wrong(host, f"jobs/{starts.jobs[0]}", JOB) is None
    assert _wrong(host, "endpoints/hello", ENDPOINT) is None, "of one that is gone"


def test_the_command_line_reads_previews_and_dead_letters(world: World, host: FakeHost):
    world.flows.put("hello.zip", package())
    world.flows.put("broken.zip", b"no zip")
    for blob in ("hello", "broken"):
        asked = json.dumps({"source": {"blob": f"{blob}.zip"}}).encode()
        assert _wrong(host, "plan", PLAN, "POST", asked) is None

    message = incoming("requests", b"x", id="m", correlation="", enqueued=None, properties={})
    letter = world.bus.bury(message)
    world.poison.bury("hello.zip", "0x1")
    assert _wrong(host, "dead-letters", DEAD_LETTERS) is None
    assert _wrong(host, f"dead-letters/requests/{letter}/discard", SETTLED, "POST") is None
