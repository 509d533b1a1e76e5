"""One emulator for all tests here, with a fake serving."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import requests

from local import cloud
from local.azure_ml.testing import Facts, emulator
from tests.local.azure_ml.client import Client
from tests.local.azure_ml.seeds import FAKE, seed_assets

FAST = ("--endpoint-seconds", "0.1", "--deployment-seconds", "0.15", "--grant-seconds", "0")
PLENTY = ("--quota", "standardDSv2Family=-1")


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    """Enough quota for all tests together."""
    with emulator(tmp_path_factory.mktemp("cloud"), *FAST, *PLENTY, module=FAKE) as found:
        yield found


@pytest.fixture(scope="session")
def developer(facts: Facts) -> Client:
    return Client(facts, cloud.DEVELOPER_IDENTITY_HEADER)


@pytest.fixture(scope="session")
def arm(facts: Facts, developer: Client) -> Client:
    """The app's client, in a workspace that has a model and an environment."""
    app = Client(facts, cloud.APP_IDENTITY_HEADER)
    seed_assets(app)
    return app


@pytest.fixture(autouse=True)
def _reset(facts: Facts) -> Iterator[None]:
    yield
    requests.delete(f"{facts.admin_url}/faults", timeout=60)
    usual = {"endpoint_seconds": 0.1, "deployment_seconds": 0.15, "grant_seconds": 0, "taken": []}
    usual |= {"page_size": 3, "link_host": "Management.Azure.com:443", "request_limits": False}
    usual |= {"unnamed_identity": False}
    usual |= {"operation_errors": "head"}
    app_at_once = {"late": {cloud.APP_PRINCIPAL: 0}}  # a test removes its right and grants it again
    requests.post(f"{facts.admin_url}/settings", json=usual | app_at_once, timeout=60)


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def endpoint(arm: Client, name: str) -> str:
    assert arm.ended(arm.put_endpoint(name))["status"] == "Succeeded"
    return name


@pytest.fixture
def settings(facts: Facts) -> Callable[..., None]:
    def change(**wanted: object) -> None:
        requests.post(f"{facts.admin_url}/settings", json=wanted, timeout=60).raise_for_status()

    return change
