"""A newer version of Sluice over jobs that an older one began.

    python -m bench.upgrade [COMMIT] [--back]

The app of a git commit (default: HEAD) runs on the local stack, and a job is brought into each
phase. Then the host and the engine stop, and this checkout's app with a higher `defaultVersion`
goes on over the same storage. With --back the newer one begins the jobs, and the commit's goes on.
Prints what became of each job.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.decision_rows import CANARY, TRAFFIC
from bench.doors import SAMPLE
from bench.holding import held
from bench.judging import Judge
from bench.stacks import accept_older_builds, held_options
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import wait, zipped
from tests.fakes.world import READS_CONNECTIONS

_PATIENCE: Final = 420.0
_SHORT: Final = "rollout: {strategy: canary, bake: PT2M, samples_per_minute: 60}\n"


@dataclass(frozen=True)
class Phase:
    """A phase of a job.

    Attributes:
        words: of it.
        outcome: of the job.
        manifest: of its package.
        waits: the step at which it waits.
        calls: else, the call after which it is held.
        then: what a person does under the other version.
    """

    words: str
    outcome: str = "succeeded"
    manifest: str = ""
    waits: str = ""
    calls: tuple[str, str] = ("", "")
    then: str = ""


PHASES: Final = {
    "held": Phase("waits for a hold", waits="plan", then="resume"),
    "approval": Phase("waits for an approval", manifest=TRAFFIC, waits="approval", then="approve"),
    "refused": Phase(
        "waits for an approval", "rejected", manifest=TRAFFIC, waits="approval", then="reject"
    ),
    "bake": Phase("bakes", manifest=CANARY, waits="bake", then="promote"),
    "bad": Phase("bakes", "rolled back", manifest=CANARY, waits="bake", then="abort"),
    "passes": Phase("bakes, and passes by itself", manifest=_SHORT, waits="bake"),
    "model": Phase("has registered its model", calls=("PUT", "/models/")),
    "operation": Phase("waits for its deployment", waits="ensure_deployment"),
    "published": Phase("has its result, unsent", calls=("PUT", "/jobs/[^/]+/result")),
    "accepted": Phase("is accepted, not begun"),
}
"""By endpoint, in the order in which they are reached: the last ones hold up the others."""


def copies(folder: Path, commit: str) -> tuple[Path, Path]:
    """Copy the app of a commit, and this checkout's with a higher version."""
    old, new = folder / "old", folder / "new"
    for target, tree in ((old, commit), (new, "HEAD")):
        target.mkdir()
        packed = subprocess.run(["git", "archive", tree], cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "-x"], cwd=target, input=packed.stdout, check=True)
    settings = json.loads((new / "host.json").read_text())
    durable = settings["extensions"]["durableTask"]
    durable["defaultVersion"] = str(int(durable["defaultVersion"]) + 1)
    (new / "host.json").write_text(json.dumps(settings))
    return old, new


class Bench:
    """Jobs in their phases, on a stack whose app is replaced."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.judge = Judge(stack)
        self._client = self.judge.client
        self.jobs = dict[str, str]()

    def reach(self) -> None:
        """Bring a job into each phase; the last ones stay in their calls."""
        for name in PHASES:
            self._client.deploy(f"{name}.zip", _package("one"))
        self._client.deploy("held.zip", _package("two"))
        answer = self._client.call("POST", "endpoints/held/rollback")
        self._client.outcome(answer.json()["job"])
        with ExitStack() as holds:
            for name, phase in PHASES.items():
                self._reach(name, phase, holds)
            self._stack.kill("functions_host")

    def _reach(self, name: str, phase: Phase, holds: ExitStack) -> None:
        if name == "operation":
            self._client.admin("POST", "settings", json={"deployment_seconds": 60})
        if name == "accepted":
            self._stack.kill("durable")
        came: Callable[[], bool] = lambda: self._waits(name, phase.waits)  # noqa: E731
        if phase.calls[0]:
            method, path = phase.calls
            hold = holds.enter_context(held(self._client, 1, "after", method=method, path=path))
            came = lambda: hold.came  # noqa: E731
        self.jobs[name] = self._client.drop(f"{name}.zip", _package("new", phase.manifest))
        if phase.waits or phase.calls[0]:
            wait(came, _PATIENCE, f"{name} does not come to where it {phase.words}")
        self._client.admin("POST", "settings", json={"deployment_seconds": 1})

    def _waits(self, name: str, kind: str) -> bool:
        steps = (self._client.job(self.jobs[name]) or {}).get("steps", ())
        return any(it["kind"] == kind and it["state"] == "waiting" for it in steps)

    def go_on(self, app: Path) -> None:
        """Let the other version take over, and people decide."""
        self._stack.replace_app(app)
        for name, phase in PHASES.items():
            if phase.then == "resume":
                self._client.call("POST", f"endpoints/{name}/resume")
            elif phase.then:
                answer = self._client.call("POST", f"jobs/{self.jobs[name]}/{phase.then}")
                assert answer.status_code == 202, answer.text

    def ends(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield, of each phase, its name, the outcome, and what is wrong."""
        for name, phase in PHASES.items():
            try:
                result = self._ended(self.jobs[name])
            except AssertionError as never:
                yield name, "", [str(never)]
            else:
                yield name, result["outcome"], list(self._wrong(name, phase, result))

    def _ended(self, job: str) -> dict[str, Any]:
        result = self._client.outcome(job, _PATIENCE)
        wait(lambda: self.judge.ended(job), _PATIENCE, f"{job} is not closed")
        self.judge.take_messages({job})
        return result

    def _wrong(self, name: str, phase: Phase, result: dict[str, Any]) -> Iterator[str]:
        if result["outcome"] != phase.outcome:
            yield f"{result['outcome']} instead of {phase.outcome}: {result['diagnosis']}"
        yield from self.judge.results([self.jobs[name]])
        serves = self.judge.ledger.releases(name)[0]
        if (serves["job"] == self.jobs[name]) != (phase.outcome == "succeeded"):
            yield f"job {serves['job']} made the newest release"
        traffic = self._client.traffic(name)
        if traffic != {serves["deployment"]: 100}:
            yield f"the traffic is {traffic}, and {serves['deployment']} is to serve"


def _package(key: str, manifest: str = "") -> bytes:
    return zipped(SAMPLE, deploy__yaml=READS_CONNECTIONS + manifest, key__txt=key)


def main() -> int:
    """Replace one version by the other; 1 if a job ends wrong."""
    given = argparse.ArgumentParser(prog="python -m bench.upgrade", description=__doc__)
    given.add_argument("commit", nargs="?", default="HEAD", help="of the older app; default HEAD")
    given.add_argument("--back", action="store_true", help="the newer one first")
    asked = given.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        first, then = copies(Path(folder), asked.commit)
        if asked.back:
            first, then = then, first
        state = Path(folder) / "state"
        state.mkdir()
        with Stack(state, held_options(state, app=first)) as stack:
            bench = Bench(stack)
            accept_older_builds(bench.judge.client)
            bench.reach()
            bench.go_on(then)
            for name, outcome, found in bench.ends():
                phase = PHASES[name]
                print(f"{phase.words:<32}{phase.then:<10}{outcome}", flush=True)
                for violation in found:
                    print(f"    wrong: {violation}", flush=True)
                wrong += len(found)
            left = list(bench.judge.running())
    for violation in left:
        print(f"    wrong: {violation}")
    words = "newer to older" if asked.back else "older to newer"
    print(f"{words}, commit {asked.commit}: {len(PHASES)} phases, {wrong + len(left)} wrong")
    return 1 if wrong or left else 0


if __name__ == "__main__":
    sys.exit(main())
