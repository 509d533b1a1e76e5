"""Decide about a job at every step, kill the Functions host right after the call, and look.

    python -m bench.killed_decisions [TEXT]

TEXT: only rows whose decision or phase contains it. Each prints the answer to the call, how long
the job took from there, its outcome, what serves, and the words that a person reads.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.decision_rows import ROWS, Row
from bench.doors import SAMPLE
from bench.holding import held
from bench.judging import Judge
from bench.stacks import held_options, restart
from local.stack import Stack
from tests.e2e.client import wait, zipped
from tests.fakes.world import READS_CONNECTIONS

_PATIENCE = 300.0


class Bench:
    """Plays the rows on one stack, each at an endpoint of its own."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.judge = Judge(stack)
        self._client = self.judge.client

    def prepare(self, name: str, row: Row) -> None:
        """Let a version serve, unless the row is about the first."""
        if row.first:
            return
        if row.rolls_back:
            self._client.deploy(f"{name}.zip", _package("older"))
        self._client.deploy(f"{name}.zip", _package("old"))
        if row.rolls_back:
            answer = self._client.call("POST", f"endpoints/{name}/rollback")
            self._client.outcome(answer.json()["job"])

    def tried(self, name: str, row: Row) -> tuple[str, list[str]]:
        """Play a row; what never comes is wrong, and the other rows go on."""
        try:
            return self.play(name, row)
        except AssertionError as never:
            self._client.admin("DELETE", "faults")
            return "", [str(never)]

    def play(self, name: str, row: Row) -> tuple[str, list[str]]:
        """Bring a job to its moment, decide, kill the host; return a line and what is wrong."""
        before = self._client.traffic(name)
        job = self._brought(name, row)
        answer = self._client.call(
            "POST", f"jobs/{job}/{row.decision}", json={"reason": "as agreed"}
        )
        began = time.monotonic()
        restart(self._stack, "functions_host")
        self._client.admin("DELETE", "faults")
        shown = self._client.ended(job)
        result = shown["result"]["data"]
        took = time.monotonic() - began
        wait(lambda: self.judge.ended(job), _PATIENCE, f"{job} is not closed")
        self.judge.take_messages({job})
        words = _words(result, shown["steps"], row.decision)
        if answer.status_code == 409:
            words = str(answer.json()["detail"])
        line = f"{answer.status_code}{took:>7.1f} s  {result['outcome']:<12}{row.serves:<9}{words}"
        return line, list(self._wrong(name, job, row, result, before))

    def _brought(self, name: str, row: Row) -> str:
        content = _package("new", row.manifest)
        if not row.calls:
            job = self._client.drop(f"{name}.zip", content)
            wait(lambda: self._waits(job, row.waits), _PATIENCE, f"{job} does not wait")
            return job
        with held(self._client, row.nth, row.when, **row.calls) as hold:
            job = self._client.drop(f"{name}.zip", content)
            wait(lambda: hold.came, _PATIENCE, f"{job} never came to {row.calls}")
            return job

    def _waits(self, job: str, kind: str) -> bool:
        steps = (self._client.job(job) or {}).get("steps", ())
        return any(it["kind"] == kind and it["state"] == "waiting" for it in steps)

    def _wrong(
        self, name: str, job: str, row: Row, result: dict[str, Any], before: dict[str, int]
    ) -> Iterator[str]:
        if result["outcome"] != row.outcome:
            yield f"the outcome is {result['outcome']} instead of {row.outcome}"
        traffic = self._client.traffic(name)
        new = {result["deployment"]: 100}
        wanted = {"old": before, "new": new, "nothing": {}}[row.serves]
        if traffic != wanted:
            yield f"{row.serves} is to serve, {wanted}, and the traffic is {traffic}"
        there = {it["name"] for it in self._client.deployments(name)}
        known = {it["deployment"] for it in self.judge.ledger.releases(name)}
        kept = {result["deployment"]} if row.decision == "abort" else set()  # for inspection
        if there - known != kept:
            yield f"{there - known} never served and is left, instead of {kept or 'nothing'}"
        yield from self.judge.results([job])


def _package(key: str, manifest: str = "") -> bytes:
    return zipped(SAMPLE, deploy__yaml=READS_CONNECTIONS + manifest, key__txt=key)


def _words(result: dict[str, Any], steps: list[dict[str, Any]], decision: str) -> str:
    """What the job says to people about the decision."""
    decided, said = result["decision"], list[str]()
    if decided and decision == "cancel":
        said.append(str(decided["effect"]))
    said += [str(it["cause"]) for it in result["findings"]]
    said += [str(it["words"]) for it in result["verdicts"]]
    if decision == "approve":
        said += [str(it["note"]) for it in steps if it["kind"] == "approval"]
    if result["diagnosis"] and not said:
        said.append(str(result["diagnosis"]["cause"]))
    return "; ".join(said)


def main() -> int:
    """Play the rows; 1 if one is wrong."""
    text = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = {
        f"row-{it}": row for it, row in enumerate(ROWS) if text in f"{row.decision} {row.phase}"
    }
    began, wrong = time.monotonic(), 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), held_options(Path(folder))) as stack,
        ThreadPoolExecutor(4) as pool,
    ):
        bench = Bench(stack)
        list(pool.map(bench.prepare, rows, rows.values()))
        print(f"{'decision':<9}{'while the job':<26}answer, until the end, outcome, serves, words")
        for name, row in rows.items():
            line, found = bench.tried(name, row)
            print(f"{row.decision:<9}{row.phase:<26}{line}", flush=True)
            for violation in found:
                print(f"    wrong: {violation}", flush=True)
            wrong += len(found)
        for orphan in bench.judge.assignments((), each=1):
            print(f"    wrong: {orphan}")
            wrong += 1
    print(
        f"decisions {len(rows)}, kills {len(rows)}, {wrong} wrong, {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
