"""Answers of the HTTP door have the shape that the command line reads."""

import json
from typing import Any

from cli.answers import ACCEPTED, ENDPOINT, ENDPOINTS, JOB, JOBS, Shape, find_mismatch
from tests.fakes.http import FakeHost
from tests.fakes.world import World
from tests.unit.edge.conftest import Starts


def _wrong(host: FakeHost, path: str, shape: Shape, method: str = "GET") -> str | None:
    answer: Any = host.ask(method, path)
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
        ("jobs", JOBS),
        (f"jobs/{running}", JOB),
        (f"jobs/{rejected['job']}", JOB),
    ):
        assert (path, _wrong(host, path, shape)) == (path, None)

    assert _wrong(host, "endpoints/hello?confirm=hello", ACCEPTED, "DELETE") is None
    world.engine.run(starts.jobs[0])
    assert _wrong(host, f"jobs/{starts.jobs[0]}", JOB) is None
    assert _wrong(host, "endpoints/hello", ENDPOINT) is None, "of one that is gone"
