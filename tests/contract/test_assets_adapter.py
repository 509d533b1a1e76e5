"""Uploads that hang, fail, and what a registration costs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from local import cloud
from local.azure_ml.testing import Facts
from shared.adapters.azure_ml import AzureMlAssets
from shared.adapters.credential import AppCredential
from shared.domain.failure import Denied, Unavailable
from tests.contract.azure_sides import FLOW, Cloud
from tests.contract.test_arm_adapter import calls
from tests.contract.test_assets_contract import folder

PLACE = (cloud.SUBSCRIPTION, cloud.RESOURCE_GROUP, cloud.WORKSPACE)


@pytest.fixture
def faults(facts: Facts) -> Iterator[str]:
    yield f"{facts.admin_url}/faults"
    requests.delete(f"{facts.admin_url}/faults", timeout=60)


def test_an_upload_that_hangs_ends_as_unavailable(
    adapters: Cloud, faults: str, tmp_path: Path
) -> None:
    rule = {"method": "PUT", "host": r"\.blob\.", "delay": 40, "times": 1}
    requests.post(faults, json=rule, timeout=60).raise_for_status()
    brief = AzureMlAssets(AppCredential(), *PLACE, seconds=2)
    name = f"hang-{tmp_path.name}"
    # An upload that was waited for would succeed.
    with pytest.raises(Unavailable):
        brief.register_model(name, "1", folder(tmp_path, "flow", "hang"), FLOW)
    assert not adapters.workspace.has_model(name, "1")


def test_a_denied_registration_is_denied(adapters: Cloud, faults: str, tmp_path: Path) -> None:
    error = {"code": "AuthorizationFailed", "message": "may not"}
    rule = {"method": "PUT", "path": "/models/denied-", "status": 403, "body": {"error": error}}
    requests.post(faults, json=rule, timeout=60).raise_for_status()
    with pytest.raises(Denied):
        adapters.assets.register_model(
            f"denied-{tmp_path.name}", "1", folder(tmp_path, "flow", "denied"), FLOW
        )


def test_a_registration_takes_few_calls(facts: Facts, adapters: Cloud, tmp_path: Path) -> None:
    content, name = folder(tmp_path, "flow", "counted"), f"counted-{tmp_path.name}"
    model = calls(facts, lambda: adapters.assets.register_model(name, "1", content, FLOW))
    image = calls(
        facts,
        lambda: adapters.assets.register_environment(name, "1", image="i", requirements=None),
    )
    build = calls(
        facts,
        lambda: adapters.assets.register_environment(name, "2", image="i", requirements="a"),
    )
    assert model.split().count("PUT") == 1
    assert image.split().count("PUT") == 1
    assert build.split().count("PUT") == 1
    assert max(len(one.split()) for one in (model, image, build)) <= 6, (model, image, build)


def test_the_same_content_under_two_names_at_once_is_registered_twice(
    adapters: Cloud, tmp_path: Path
) -> None:
    def register(name: str) -> str:
        made = folder(tmp_path / name, "flow", f"twice {tmp_path.name}")
        return adapters.assets.register_model(name, "1", made, FLOW)

    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(register, (f"one-{tmp_path.name}", f"two-{tmp_path.name}")))
    assert len(set(ids)) == 2
