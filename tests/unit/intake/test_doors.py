"""Requests through the three doors."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.errors import Rejected
from shared.domain.requests.request_body import Asked, parse_asked
from shared.steps.intake.accept import KeyReused, Requester, accept_request
from shared.steps.intake.doors import accept_drop, accept_message
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from tests.fakes.world import CODE, FLOW, World, package

NOW = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)


def _body(**source: str) -> bytes:
    return json.dumps({"source": source}).encode()


def _ask(world: World, body: bytes, key: str | None = None):
    return accept_request(world.ports, parse_asked(body), Requester("http", key=key))


def test_two_doors_and_a_hundred_duplicates_are_one_job(world: World):
    job = world.drop()
    asked = {_ask(world, _body(blob="hello.zip")).job for _ in range(20)}
    told = {
        accept_message(world.ports, _body(blob="hello.zip"), message_id=f"m{n}", enqueued=NOW).job
        for n in range(20)
    }

    assert asked == told == {job}
    assert [it.job for it in world.ledger.requests] == [job]


def test_a_repeated_event_after_the_jobs_end_starts_nothing(world: World):
    world.deploy()
    (request,) = world.ledger.requests

    again = accept_drop(world.ports, "hello.zip")

    assert again is not None
    assert again.ended
    assert world.ledger.requests == (request,)


def test_an_idempotency_key_belongs_to_one_request(world: World):
    world.flows.put("a.zip", package())
    world.flows.put("b.zip", package())
    first = _ask(world, _body(blob="a.zip"), key="k")

    world.flows.put("a.zip", package("# new\n"))
    assert _ask(world, _body(blob="a.zip"), key="k").job == first.job
    with pytest.raises(KeyReused):
        _ask(world, _body(blob="b.zip"), key="k")


def test_a_bad_message_ends_as_rejected_on_the_queue(world: World):
    taken = accept_message(world.ports, b'{"sauce": 1}', message_id="m", enqueued=NOW)

    world.engine.run(taken.job)

    assert world.last["outcome"] == "rejected"
    assert any("sauce" in finding["cause"] for finding in world.last["findings"])


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b"{}", b'{"source": {"blob": 1}}'])
def test_an_invalid_request_is_refused_with_the_expected_shape(body: bytes):
    with pytest.raises(Rejected) as refused:
        parse_asked(body)
    assert '{"source": {"blob"' in refused.value.findings[0].remedy


def test_a_missing_blob_is_refused_by_name(world: World):
    with pytest.raises(Rejected, match="no such blob"):
        _ask(world, _body(blob="nowhere.zip"))


def test_a_folder_is_deployed_once_when_it_is_quiet(world: World):
    for path, text in (("team/hello/flow.dag.yaml", FLOW), ("team/hello/src/say.py", CODE)):
        world.flows.put(path, text.replace("path: say.py", "path: src/say.py").encode())
        assert accept_drop(world.ports, path) is None
    first, last = world.bus.changes

    assert accept_folder_change(world.ports, first.path, first.modified) is None
    taken = accept_folder_change(world.ports, last.path, last.modified)
    again = accept_folder_change(world.ports, last.path, last.modified)

    assert taken is not None
    assert again == taken
    assert world.engine.run(taken.job) == "succeeded"
    assert world.last["endpoint"] == "hello"


PROMPTY = b"""\
---
model:
  api: chat
  configuration: {type: openai, model: gpt-4o, api_key: "${env:KEY}"}
  parameters: {}
environment_variables: {KEY: x}
inputs:
  name: {type: string, default: Ada}
---
user:
Greet {{name}}.
"""


def test_a_folder_with_one_prompty_is_accepted_at_every_door(world: World):
    world.flows.put("team/greet/greet.prompty", PROMPTY)
    assert accept_drop(world.ports, "team/greet/greet.prompty") is None
    change = world.bus.changes[-1]
    by_file = accept_folder_change(world.ports, change.path, change.modified)
    assert by_file is not None
    assert world.engine.run(by_file.job) == "succeeded"
    assert world.last["endpoint"] == "greet"

    asked = _ask(world, _body(folder="team/greet"))
    assert world.engine.run(asked.job) == "unchanged"
    world.flows.put("lost/hello/hello.prompty", PROMPTY)
    world.clock.now += timedelta(minutes=5)
    (made,) = accept_missed(world.ports)
    assert world.engine.run(made) == "succeeded"


def test_a_zip_in_a_flow_folder_is_reported_as_one_of_its_files(world: World):
    """A stray prompty makes the folder a flow; the result of a zip below it must say so."""
    world.flows.put("team/area/readme.prompty", b"no front matter")
    world.flows.put("team/area/deep/hello.zip", package())
    assert accept_drop(world.ports, "team/area/deep/hello.zip") is None
    change = world.bus.changes[-1]
    taken = accept_folder_change(world.ports, change.path, change.modified)
    assert taken is not None
    assert world.engine.run(taken.job) == "rejected"
    told = {it["file"]: it for it in world.last["findings"]}
    assert "'team/area/'" in told["team/area/deep/hello.zip"]["cause"]


def test_a_prompty_below_a_flow_file_is_a_file_of_that_flow(world: World):
    world.flows.put("hello/prompts/a.prompty", PROMPTY)
    accept_drop(world.ports, "hello/prompts/a.prompty")
    change = world.bus.changes[-1]
    world.flows.put("hello/flow.dag.yaml", FLOW.encode())
    world.flows.put("hello/say.py", CODE.encode())

    assert (
        accept_folder_change(world.ports, change.path, change.modified) is None
    )  # the message for the later file
    world.clock.now += timedelta(minutes=5)
    (made,) = accept_missed(world.ports)
    assert world.engine.run(made) == "succeeded"
    assert world.last["endpoint"] == "hello"


def test_a_folder_with_two_prompties_is_not_a_flow(world: World):
    for name in ("a", "b"):
        world.flows.put(f"both/{name}.prompty", PROMPTY)
    accept_drop(world.ports, "both/a.prompty")
    change = world.bus.changes[-1]
    assert accept_folder_change(world.ports, change.path, change.modified) is None
    with pytest.raises(Rejected, match="one prompty"):
        _ask(world, _body(folder="both"))


def test_a_zip_inside_a_flow_folder_is_a_file_of_the_flow(world: World):
    world.flows.put("hello/flow.dag.yaml", FLOW.encode())
    world.flows.put("hello/data.zip", package())

    assert accept_drop(world.ports, "hello/data.zip") is None
    assert world.bus.changes[-1].path == "hello/data.zip"


def test_file_outside_a_flow_folder_starts_no_job(world: World):
    world.flows.put("notes/readme.md", b"hi")
    accept_drop(world.ports, "notes/readme.md")
    change = world.bus.changes[-1]

    assert accept_folder_change(world.ports, change.path, change.modified) is None


def test_a_redeploy_uses_the_kept_package(world: World):
    first = world.deploy()
    world.deploy(content=package("# new\n"))
    world.flows.delete("hello.zip")

    taken = _ask(world, _body(endpoint="hello", revision="previous"))
    world.engine.run(taken.job)

    assert world.last["outcome"] == "succeeded"
    assert world.last["digest"] == first["digest"]
    assert world.traffic() == {first["deployment"]: 100}


def test_each_redeploy_is_a_new_job_unless_its_key_repeats(world: World):
    world.deploy()
    body = _body(endpoint="hello")

    first = _ask(world, body, key="k")
    assert _ask(world, body, key="k").job == first.job
    assert _ask(world, body, key="l").job != first.job


def test_a_redeploy_of_an_unknown_revision_lists_the_known_ones(world: World):
    told = world.deploy()
    with pytest.raises(Rejected, match=told["digest"][:12]):
        _ask(world, _body(endpoint="hello", revision="previous"))


def test_the_sweep_finds_a_drop_whose_event_was_lost(world: World):
    world.flows.put("lost.zip", package())
    world.clock.now += timedelta(minutes=5)

    made = accept_missed(world.ports)

    assert len(made) == 1
    assert find_open_jobs(world.ports) == made
    assert world.engine.run(made[0]) == "succeeded"
    assert accept_missed(world.ports) == ()
    assert find_open_jobs(world.ports) == ()


def test_the_sweep_ignores_drops_within_the_grace_period(world: World):
    world.clock.now = datetime.fromisoformat(world.flows.put("new.zip", package()).modified)

    assert accept_missed(world.ports) == ()


def test_a_door_that_dies_between_any_two_writes_loses_nothing(make: Callable[..., World]):
    for call in ("open_job", "keep_blob", "record_request"):
        for after in (False, True):
            world = make()
            world.flows.put("hello.zip", package())
            world.ledger.fail(call, RuntimeError("killed"), after=after)
            with pytest.raises(RuntimeError, match="killed"):
                accept_drop(world.ports, "hello.zip")

            taken = accept_drop(world.ports, "hello.zip")
            assert taken is not None
            assert world.engine.run(taken.job) == "succeeded"
            assert world.ledger.open_jobs() == ()


def test_overrides_of_a_request_win_over_the_manifest(world: World):
    world.flows.put("hello.zip", package(deploy__yaml="deployment:\n  instance_count: 2\n"))
    asked = Asked.model_validate(
        {"source": {"blob": "hello.zip"}, "manifest": {"endpoint": {"name": "other"}}}
    )
    taken = accept_request(world.ports, asked, Requester("http"))

    world.engine.run(taken.job)

    assert world.last["endpoint"] == "other"
    assert world.workspace.deployments("other")[0].instance_count == 2


@pytest.mark.parametrize("manifest", [{"deployment": None}, {"deployment": {"environment": None}}])
def test_a_request_can_remove_part_of_the_manifest(world: World, manifest: dict[str, Any]):
    world.flows.put("hello.zip", package(deploy__yaml="deployment: {instance_count: 2}\n"))
    body = {"source": {"blob": "hello.zip"}, "manifest": manifest}
    taken = accept_request(world.ports, Asked.model_validate(body), Requester("http"))

    assert world.engine.run(taken.job) == "succeeded"
