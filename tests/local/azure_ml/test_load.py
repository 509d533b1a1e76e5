"""Many concurrent callers: each gets its own answers."""

from concurrent.futures import ThreadPoolExecutor

from local import cloud
from local.azure_ml.testing import Facts
from tests.local.azure_ml.client import Client


def test_concurrently_created_endpoints_get_their_own_deployments(
    facts: Facts, arm: Client, name: str
) -> None:
    def release(number: int) -> tuple[str, str]:
        own = Client(facts, cloud.APP_IDENTITY_HEADER)
        endpoint = f"{name}-{number}"
        own.ended(own.put_endpoint(endpoint))
        status = own.ended(own.put_deployment(endpoint, "blue", description=endpoint))
        read = own.get(f"onlineEndpoints/{endpoint}/deployments/blue")
        return status["status"], read["properties"]["description"]

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(release, range(16)))

    assert ended == [("Succeeded", f"{name}-{number}") for number in range(16)]
    assert arm.all("onlineEndpoints")
