"""A rollback, the hold after it, and resume, on the whole stack."""

import time
from pathlib import Path

from tests.e2e.client import Client, wait, zipped


def test_a_rollback_puts_the_previous_release_back_and_holds_the_endpoint(
    echo: Client, samples: Path
):
    first = echo.deploy("held.zip", zipped(samples / "hello"))
    second = echo.deploy("held.zip", zipped(samples / "hello", more__py="second = 2\n"))
    assert echo.traffic("held") == {second["deployment"]: 100}

    begun = time.monotonic()
    answer = echo.call("POST", "endpoints/held/rollback", json={"reason": "it answers nonsense"})
    assert answer.status_code == 202, answer.text
    back = echo.outcome(answer.json()["job"])
    print(f"rollback, the previous deployment runs: {time.monotonic() - begun:.1f} s")
    assert back["outcome"] == "succeeded"
    assert echo.traffic("held") == {first["deployment"]: 100}

    job = echo.drop("held.zip", zipped(samples / "hello", more__py="third = 3\n"))
    wait(lambda: (echo.job(job) or {}).get("state") == "waiting", 120, "the drop does not wait")
    assert echo.traffic("held") == {first["deployment"]: 100}

    begun = time.monotonic()
    resumed = echo.call("POST", "endpoints/held/resume")
    assert resumed.json() == {"endpoint": "held", "job": job}
    third = echo.outcome(job)
    print(f"resume to the end of the waiting job: {time.monotonic() - begun:.1f} s")
    assert third["outcome"] == "succeeded"
    assert echo.traffic("held") == {third["deployment"]: 100}
