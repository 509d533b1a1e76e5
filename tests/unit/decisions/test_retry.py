"""Try a job again that has ended: the same request and package, a job of its own."""

import json
from collections.abc import Callable

import pytest

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.access.policy_rule import parse_policy
from shared.domain.errors import Rejected
from shared.domain.failure import Refused
from shared.domain.requests.source import RemovalSource, RevisionSource
from shared.steps.decisions.decide import decide
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.decisions.retry import retry
from shared.steps.intake.accept import Accepted, KeyReused, Requester, accept_source
from shared.steps.intake.doors import accept_drop, accept_message
from shared.steps.rollback.rollback import roll_back
from shared.steps.views.jobs import describe_job
from tests.fakes.world import CODE, FLOW, World, package

ANN = Caller("ann@example.org")


def again(world: World, job: str, key: str | None = None, caller: Caller = ANN) -> Accepted:
    accepted = retry(world.ports, job, key=key, caller=caller)
    assert accepted is not None
    return accepted


def failed(world: World) -> str:
    world.workspace.fail("put_endpoint", Refused("BadRequest", "no"))
    result = world.deploy()
    assert result["outcome"] == "failed"
    return str(result["job"])


def test_a_failed_job_is_tried_again_as_a_job_of_its_own(world: World):
    first = failed(world)

    second = again(world, first)

    assert second.job != first
    assert not second.ended
    assert world.engine.run(second.job) == "succeeded"
    assert world.last["retry_of"] == first
    shown = describe_job(world.ports, second.job)
    assert shown is not None
    assert (shown["retry_of"], shown["by"]) == (first, "ann@example.org")


def test_a_retry_of_a_retry_names_the_first_job(world: World):
    first = failed(world)
    second = again(world, first).job
    world.workspace.fail("put_endpoint", Refused("BadRequest", "no"))
    assert world.engine.run(second) == "failed"

    third = again(world, second).job

    assert world.engine.run(third) == "succeeded"
    assert world.last["retry_of"] == first


def test_what_was_kept_is_deployed_though_the_blob_has_changed_since(world: World):
    first = failed(world)
    world.flows.put("hello.zip", package("# changed since\n"))

    second = again(world, first)

    assert world.engine.run(second.job) == "succeeded"
    release = world.ledger.read(first, "release")
    assert release is not None
    assert world.last["digest"] == release["digest"]
    assert world.ledger.releases("hello")[0]["package"] == first


def test_a_release_of_a_retry_can_be_rolled_back_to(world: World):
    second = again(world, failed(world))
    world.engine.run(second.job)
    good = world.last["digest"]
    world.flows.put("hello.zip", package("# 2\n"), "2026-01-02T00:00:00+00:00")
    newer = accept_drop(world.ports, "hello.zip")
    assert newer is not None
    assert world.engine.run(newer.job) == "succeeded"

    back = roll_back(world.ports, "hello", key="k", reason="", caller=ANN)  # type: ignore[arg-type]

    assert world.engine.run(back.accepted.job) == "succeeded"
    assert world.last["digest"] == good


def test_a_folder_is_tried_again_with_its_kept_files(world: World):
    for name, text in (("flow.dag.yaml", FLOW), ("say.py", CODE)):
        world.flows.put(f"hello/{name}", text.encode())
    body = json.dumps({"source": {"folder": "hello/"}}).encode()
    taken = accept_message(world.ports, body, message_id="m", enqueued=world.clock())
    assert isinstance(taken, Accepted)
    world.workspace.fail("put_endpoint", Refused("BadRequest", "no"))
    assert world.engine.run(taken.job) == "failed"
    world.flows.put("hello/say.py", b"# changed since")

    assert world.engine.run(again(world, taken.job).job) == "succeeded"

    release = world.ledger.read(taken.job, "release")
    assert release is not None
    assert world.last["digest"] == release["digest"]
    assert world.ledger.known_folders() == {"hello/": taken.job}


def test_while_the_retry_runs_another_one_is_the_same_job(world: World):
    first = failed(world)
    second = again(world, first)

    assert again(world, first) == second

    world.engine.run(second.job)
    assert again(world, first).job not in {first, second.job}


def test_the_same_key_is_the_same_job_also_after_its_end(world: World):
    first = failed(world)
    second = again(world, first, "http:k")
    world.engine.run(second.job)

    assert again(world, first, "http:k") == Accepted(second.job, ended=True)


def test_a_key_of_another_request_is_refused(world: World):
    first = failed(world)
    again(world, first, "http:k")
    world.engine.run(again(world, first).job)

    with pytest.raises(KeyReused):
        retry(world.ports, world.last["job"], key="http:k", caller=ANN)


def test_a_canceled_job_can_be_tried_again(world: World):
    job = world.drop()
    decide(world.ports, job, "cancel", reason="", caller=ANN)
    assert world.engine.run(job) == "canceled"

    assert world.engine.run(again(world, job).job) == "succeeded"


def test_a_job_that_runs_is_not_tried_again(world: World):
    job = world.drop()

    with pytest.raises(CannotDecide, match=f"Job {job} has not ended"):
        again(world, job)


def test_a_redeploy_is_tried_again(world: World):
    first = world.deploy()
    digest = first["digest"]
    source = RevisionSource(
        endpoint="hello", digest=digest, path="hello.zip", package=first["job"], key="k"
    )
    redeployed = accept_source(world.ports, source, {}, Requester("http")).job
    world.engine.run(redeployed)

    second = again(world, redeployed)

    assert second.job != redeployed
    assert world.engine.run(second.job) == "unchanged"


def test_deletions_rollbacks_and_broken_requests_are_asked_for_anew(world: World):
    world.deploy()
    world.deploy(content=package("# 2\n"))
    back = roll_back(world.ports, "hello", key="k", reason="", caller=ANN)  # type: ignore[arg-type]
    removal = accept_source(
        world.ports, RemovalSource(endpoint="hello", key="k"), {}, Requester("http")
    )
    broken = accept_message(world.ports, b"?", message_id="m", enqueued=world.clock())
    assert isinstance(broken, Accepted)
    for job in (back.accepted.job, removal.job, broken.job):
        world.engine.run(job)
        with pytest.raises(CannotDecide, match="anew"):
            again(world, job)


def test_who_may_not_deploy_may_not_try_again(make: Callable[..., World]):
    rule = '[{"prefix": "", "endpoints": ["*"], "connections": ["*"], "callers": ["ann@*"]}]'
    world = make(policy=parse_policy(rule))
    first = failed(world)

    with pytest.raises(Rejected, match="No rule of the policy lets"):
        again(world, first, caller=NOBODY)

    assert world.engine.run(again(world, first).job) == "succeeded"


def test_a_later_drop_of_the_same_blob_joins_neither(world: World):
    first = failed(world)
    second = again(world, first)
    world.engine.run(second.job)

    dropped = accept_drop(world.ports, "hello.zip")

    assert dropped == Accepted(first, ended=True)  # the same version of the blob


def test_there_is_no_such_job(world: World):
    assert retry(world.ports, "nojob", key=None, caller=ANN) is None
