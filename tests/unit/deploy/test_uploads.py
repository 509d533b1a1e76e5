"""A job reports at once why storage refused an upload."""

import pytest

from shared.domain.failure import AzureFailure, Denied, Refused, Unavailable
from tests.fakes.world import World

UPLOADING = "Uploading flow.dag.yaml to https://a.blob.core.windows.net/c: "


@pytest.mark.parametrize(
    ("failure", "cause", "remedy"),
    [
        (
            Denied("AuthorizationPermissionMismatch", f"{UPLOADING}not authorized", status=403),
            "may not read or write",
            "Storage Blob Data Contributor",
        ),
        (
            Denied("AuthorizationFailure", f"{UPLOADING}not authorized", status=403),
            "firewall",
            "virtual network",
        ),
        (
            Denied("KeyBasedAuthenticationNotPermitted", f"{UPLOADING}no keys", status=403),
            "takes no keys",
            "Storage Blob Data Contributor",
        ),
        (
            Refused("ContainerNotFound", f"{UPLOADING}none", status=404),
            "is gone",
            "Create it again",
        ),
        (
            Refused("BlobImmutableDueToPolicy", f"{UPLOADING}immutable", status=409),
            "overwrite",
            "immutability policy",
        ),
    ],
)
def test_a_refused_upload_ends_the_job_at_once_with_its_own_reason(
    world: World, failure: AzureFailure, cause: str, remedy: str
):
    world.assets.fail("register_model", failure, times=9)
    told = world.deploy()
    assert told["outcome"] == "failed"
    assert world.assets.calls.count("register_model") == 1
    assert cause in told["diagnosis"]["cause"]
    assert remedy in told["diagnosis"]["remedy"]
    assert told["diagnosis"]["message"].startswith("Uploading ")


def test_a_broken_upload_is_tried_again_and_says_so(world: World):
    broken = Unavailable("ServiceRequestError", f"{UPLOADING}Connection aborted.")
    world.assets.fail("register_model", broken, times=2)
    assert world.deploy()["outcome"] == "succeeded"


def test_a_permanently_broken_upload_has_its_own_diagnosis(world: World):
    broken = Unavailable("ServiceRequestError", f"{UPLOADING}Connection aborted.")
    world.assets.fail("register_model", broken, times=10_000)
    told = world.deploy()
    assert told["outcome"] == "failed"
    assert "broken off" in told["diagnosis"]["cause"]
    assert "Connection aborted" in told["diagnosis"]["message"]
