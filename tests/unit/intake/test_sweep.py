"""The sweep handles each source separately and reports a refused one once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.failure import AzureFailure, Conflict, Denied, Refused, Unavailable
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from tests.fakes.world import CODE, FLOW, World, package

REFUSALS: tuple[AzureFailure, ...] = (
    Conflict("CannotVerifyCopySource", "Could not verify copy source", status=409),
    Conflict("BlobArchived", "This operation is not permitted on an archived blob", status=409),
    Conflict("BlobBeingRehydrated", "It is being rehydrated", status=409),
    Conflict("BlobUsesCustomerSpecifiedEncryption", "It is encrypted", status=409),
    Conflict("LeaseIdMissing", "There is a lease on the blob", status=412),
    Denied("KeyVaultEncryptionKeyNotFound", "The key is not found", status=403),
    Refused("InvalidUri", "The requested URI does not represent any resource", status=400),
    Refused("OutOfRangeInput", "One of the inputs is out of range", status=400),
    Refused("InvalidBlobType", "The blob type is invalid for this operation", status=400),
    Refused("RequestBodyTooLarge", "The body exceeds the limit", status=413),
)


@pytest.fixture
def refusing(world: World) -> World:
    """Ten sources that Azure refuses to copy in ten ways, and one whose event was lost."""
    for number, failure in enumerate(REFUSALS):
        world.flows.put(f"bad{number}.zip", package())
        world.ledger.refuse(f"bad{number}.zip", failure)
    world.flows.put("lost.zip", package())
    world.clock.now += timedelta(minutes=10)
    return world


def _outcomes(world: World) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for it in world.bus.results:
        told.setdefault(it.event["data"]["source"], []).append(it.event["data"]["outcome"])
    return told


def test_ten_refused_sources_are_reported_once_each_and_the_lost_one_is_deployed(refusing: World):
    for _ in range(3):
        for job in accept_missed(refusing.ports):
            refusing.engine.run(job)
        refusing.clock.now += timedelta(minutes=5)

    told = _outcomes(refusing)

    assert told.pop("lost.zip") == ["succeeded"]
    assert told == {f"bad{number}.zip": ["rejected"] for number in range(10)}
    causes = {
        it.event["data"]["source"]: it.event["data"]["findings"] for it in refusing.bus.results
    }
    for number, failure in enumerate(REFUSALS):
        (finding,) = causes[f"bad{number}.zip"]
        assert failure.code in finding["cause"]
        assert finding["remedy"]
    assert refusing.ledger.open_jobs() == ()


def test_a_refused_source_is_tried_again_once_it_changes(refusing: World):
    for job in accept_missed(refusing.ports):
        refusing.engine.run(job)
    refusing.ledger.refuse("bad1.zip", None)
    refusing.flows.put("bad1.zip", package("# online\n"))
    refusing.clock.now += timedelta(minutes=10)

    (job,) = accept_missed(refusing.ports)

    assert refusing.engine.run(job) == "succeeded"


def test_the_blob_door_also_reports_a_refused_source(refusing: World):
    taken = accept_drop(refusing.ports, "bad0.zip")
    assert taken is not None

    assert refusing.engine.run(taken.job) == "rejected"
    assert taken.job not in accept_missed(refusing.ports)


@pytest.mark.parametrize(
    "failure",
    [
        Unavailable("ServerBusy", "busy", status=503),
        Denied("AuthorizationPermissionMismatch", "not authorized", status=403),
    ],
)
def test_a_temporary_refusal_is_left_to_the_next_sweep(world: World, failure: AzureFailure):
    for number in range(3):
        world.flows.put(f"fox{number}.zip", package(f"# {number}\n"))
    world.ledger.refuse("fox1.zip", failure)
    world.clock.now += timedelta(minutes=10)

    assert len(accept_missed(world.ports)) == 2
    assert accept_missed(world.ports) == ()
    world.ledger.refuse("fox1.zip", None)
    (job,) = accept_missed(world.ports)

    assert world.engine.run(job) == "succeeded"
    assert _outcomes(world)["fox1.zip"] == ["succeeded"]


def test_a_sweep_gives_up_after_ten_unavailable_copies(world: World):
    for number in range(30):
        world.flows.put(f"fox{number}.zip", package(f"# {number}\n"))
        world.ledger.refuse(f"fox{number}.zip", Unavailable("ServerBusy", "busy", status=503))
    world.clock.now += timedelta(minutes=10)

    assert accept_missed(world.ports) == ()
    assert world.ledger.calls.count("keep_blob") == 10


def test_a_folder_is_left_alone_for_the_whole_of_a_long_quiet_period(make: Callable[..., World]):
    world = make(quiet_period=600.0)
    dropped = world.flows.clock()
    for name, text in (("flow.dag.yaml", FLOW), ("say.py", CODE)):
        world.flows.put(f"team/hello/{name}", text.encode(), modified=dropped)

    world.clock.now += timedelta(minutes=11)
    assert accept_missed(world.ports) == ()

    world.clock.now += timedelta(minutes=2)
    (job,) = accept_missed(world.ports)
    assert world.engine.run(job) == "succeeded"


def test_of_many_open_jobs_each_sweep_looks_at_some_and_a_few_at_all(world: World):
    for number in range(250):
        world.drop(f"many-{number}", package())
    world.ledger.calls.clear()

    first = find_open_jobs(world.ports, 7)
    assert 80 <= len(first) <= 100
    assert len(world.ledger.calls) <= 101

    found = [*first, *find_open_jobs(world.ports, 8), *find_open_jobs(world.ports, 9)]
    assert sorted(found) == sorted(world.ledger.open_jobs())
