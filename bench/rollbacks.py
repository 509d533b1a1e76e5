"""How long a rollback takes on the local stack, and that the endpoint is held after it.

    python -m bench.rollbacks

Four endpoints: all traffic on the last version, a canary in its bake, the same where a release came
before, and a previous deployment that is gone. For each: seconds from the call to the
traffic of the previous version, and to the job's end; that a drop waits for ten seconds and changes
nothing; seconds from `resume` to the end of that drop's job. Azure's own times are those of the
stack: 1 s for a change of an endpoint, 3 s for a deployment, and PUTs that answer after 1 s.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bench.decision_rows import CANARY
from bench.doors import SAMPLE
from bench.stacks import held_options
from local.stack import Stack
from shared.domain.jobs.result import WELL
from tests.e2e.client import Client, wait, zipped
from tests.fakes.world import READS_CONNECTIONS

_PATIENCE: Final = 300.0
_WAITS: Final = 10.0


@dataclass(frozen=True)
class Row:
    """What an endpoint has before. `versions`: those released, the last of them serves."""

    name: str
    words: str
    versions: tuple[str, ...] = ("one", "two")
    back_to: str = "one"
    canary: bool = False
    gone: bool = False


ROWS: Final = (
    Row("whole", "at 100 %, the previous deployment runs"),
    Row("canary", "during a canary", ("one",), canary=True),
    Row("later", "during a canary after another release", ("zero", "one"), canary=True),
    Row("gone", "at 100 %, the previous deployment is gone", gone=True),
)


class Bench:
    """Rolls endpoints back, one after the other."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._deployed = dict[tuple[str, str], str]()

    def prepare(self, row: Row) -> None:
        """Release the versions, and bring a canary to its bake."""
        for version in row.versions:
            result = self._client.deploy(f"{row.name}.zip", _package(version))
            self._deployed[row.name, version] = result["deployment"]
        if row.gone:
            path = f"endpoints/{row.name}/deployments/{self._deployed[row.name, row.back_to]}"
            answer = self._client.call("DELETE", path)
            assert self._client.outcome(answer.json()["job"])["outcome"] == "succeeded"
        if row.canary:
            job = self._client.drop(f"{row.name}.zip", _package("canary", CANARY))
            wait(lambda: self._bakes(job), _PATIENCE, f"{job} does not bake")

    def _bakes(self, job: str) -> bool:
        steps = (self._client.job(job) or {}).get("steps", ())
        return any(it["kind"] == "bake" and it["state"] == "waiting" for it in steps)

    def play(self, row: Row) -> list[str]:
        """Roll back, drop, resume; print the seconds, and return what is wrong."""
        path, began = f"endpoints/{row.name}/rollback", time.monotonic()
        answer = self._client.call("POST", path, json={"reason": "it answers nonsense"})
        job = str(answer.json()["job"])
        back = {self._deployed[row.name, row.back_to]: 100}
        wait(lambda: self._client.traffic(row.name) == back, _PATIENCE, f"{row.name} is not back")
        moved = time.monotonic() - began
        result = self._client.outcome(job)
        ended = time.monotonic() - began
        dropped = self._client.drop(f"{row.name}.zip", _package("dropped"))
        wait(lambda: self._state(dropped) == "waiting", _PATIENCE, f"{dropped} does not wait")
        held_back = self._stays(row.name, dropped, back)
        began = time.monotonic()
        resumed = self._client.call("POST", f"endpoints/{row.name}/resume").json()
        last = self._client.outcome(dropped)
        again = time.monotonic() - began
        print(
            f"{row.words:<44}{moved:>6.1f} s to its traffic{ended:>6.1f} s to its end; a drop "
            f"{'waits' if held_back else 'does not wait'}; resume to its end {again:.1f} s",
            flush=True,
        )
        return list(_wrong(row, result, resumed, dropped, last, held_back))

    def _state(self, job: str) -> str:
        return str((self._client.job(job) or {}).get("state"))

    def _stays(self, name: str, job: str, back: dict[str, int]) -> bool:
        """True if the job waits for a while, and nothing changes."""
        end = time.monotonic() + _WAITS
        while time.monotonic() < end:
            if self._state(job) != "waiting" or self._client.traffic(name) != back:
                return False
            time.sleep(0.5)
        return True


def _wrong(
    row: Row, result: dict[str, Any], resumed: Any, dropped: str, last: dict[str, Any], held: bool
) -> Iterator[str]:
    if result["outcome"] not in WELL:  # unchanged where the canary's own job put the traffic back
        yield f"{row.name}: the rollback {result['outcome']}: {result['diagnosis']}"
    if not held:
        yield f"{row.name}: the drop did not wait"
    if resumed != {"endpoint": row.name, "job": dropped}:
        yield f"{row.name}: resume answered {resumed}"
    if last["outcome"] != "succeeded" or last["traffic"] != {last["deployment"]: 100}:
        yield f"{row.name}: the drop ended as {last['outcome']} with {last['traffic']}"


def _package(key: str, manifest: str = "") -> bytes:
    return zipped(SAMPLE, deploy__yaml=READS_CONNECTIONS + manifest, key__txt=key)


def main() -> int:
    """Play the rows; 1 if one is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        options = replace(
            held_options(Path(folder)), endpoint_seconds=1, deployment_seconds=3, put_seconds=1
        )
        with Stack(Path(folder), options) as stack, ThreadPoolExecutor(4) as pool:
            bench = Bench(Client(stack.facts))
            list(pool.map(bench.prepare, ROWS))
            wrong = [it for row in ROWS for it in bench.play(row)]
    for it in wrong:
        print(f"wrong: {it}")
    print(f"rollbacks {len(ROWS)}, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
