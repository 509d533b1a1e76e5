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

    older = echo.drop("held.zip", zipped(samples / "hello", more__py="third = 3\n"))
    wait(lambda: (echo.job(older) or {}).get("state") == "waiting", 120, "the drop does not wait")
    begun = time.monotonic()
    job = echo.drop("held.zip", zipped(samples / "hello", more__py="fourth = 4\n"))
    # Without an event the older one would look after five minutes.
    wait(lambda: (echo.job(older) or {}).get("state") == "superseded", 240, "it is not woken")
    print(f"drop to the end of the older waiting job: {time.monotonic() - begun:.1f} s")
    wait(lambda: (echo.job(job) or {}).get("state") == "waiting", 120, "the drop does not wait")
    assert echo.traffic("held") == {first["deployment"]: 100}
    shown = echo.call("GET", "endpoints/held").json()
    assert shown["jobs"] == [{"job": job, "state": "held"}]

    begun = time.monotonic()
    resumed = echo.call("POST", "endpoints/held/resume")
    assert resumed.json() == {"endpoint": "held", "job": job}
    last = echo.outcome(job)
    print(f"resume to the end of the waiting job: {time.monotonic() - begun:.1f} s")
    assert last["outcome"] == "succeeded"
    assert echo.traffic("held") == {last["deployment"]: 100}
