"""`python -m tests.hostile.commands [stack.json]`: run wrong commands against a running stack.

Runs each in this process, and every thirtieth as a process of its own as well. Prints a table.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

from cli.__main__ import main as sluice
from tests.e2e.client import Client
from tests.hostile.typed import Typed, commands

EVERY: Final = 30
LONGEST_ARGUMENT: Final = 131_071
REPOSITORY: Final = Path(__file__).parents[2]

type Ended = tuple[int | str, str]
"""The exit code or the exception's name; and standard error."""


def main() -> int:
    """Print the table; return 1 if an exit code is wrong or anything changed."""
    stack = Path(*(sys.argv[1:] or (".local/stack.json",))).resolve()
    client = Client(json.loads(stack.read_text()))
    before = _there(client)
    rows, slow, wrong = defaultdict[str, Counter[int | str]](Counter), {"": 0.0}, list[str]()
    with TemporaryDirectory() as scratch:
        _prepare(Path(scratch), stack)
        cases = list(commands())
        both = [it for it in cases if _can_be_a_process(it)][::EVERY]
        tried = [("in process", _here, it) for it in cases]
        for how, run, case in (*tried, *(("a process of its own", _apart, it) for it in both)):
            began = time.monotonic()
            status, told = _run(run, case)
            slow[how] = max(slow.get(how, 0.0), time.monotonic() - began)
            rows[case.kind if run is _here else how][status] += 1
            if status != 2 or not told.strip() or "Traceback" in told:
                wrong.append(f"{status}  {str(case.words)[:120]}  {told[:300]!r}")
    for kind, statuses in rows.items():
        print(f"{kind:<50}  {', '.join(f'{it}: {count}' for it, count in statuses.items())}")
    after = _there(client)
    changed = [name for name, found in after.items() if found != before[name]]
    slowest = ", ".join(f"{how} {seconds:.2f} s" for how, seconds in slow.items() if how)
    print(f"{len(tried) + len(both)} commands, slowest {slowest}, {len(wrong)} wrong")
    print(f"gone, changed or begun: {changed}, of { {k: len(v) for k, v in before.items()} }")
    print("\n".join(wrong[:20]))
    return 1 if wrong or changed else 0


def _prepare(scratch: Path, stack: Path) -> None:
    (scratch / ".local").mkdir()
    (scratch / ".local" / "stack.json").symlink_to(stack)
    (scratch / "samples").symlink_to(REPOSITORY / "samples")
    os.chdir(scratch)


def _run(run: Callable[[Typed], Ended], case: Typed) -> Ended:
    for name, content in case.files.items():
        Path(name).write_bytes(content)
    return run(case)


def _can_be_a_process(case: Typed) -> bool:
    try:
        words = [os.fsencode(it) for it in case.words]
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return False
    return all(b"\0" not in it and len(it) < LONGEST_ARGUMENT for it in words)


def _here(case: Typed) -> Ended:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    asked = patch.object(sys, "stdin", io.StringIO(case.typed))
    with asked, contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        try:
            status: int | str = sluice(case.words)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else str(ended.code)
        except BaseException as error:  # a person would see a traceback
            status = type(error).__name__
        out.flush()
        told.flush()
    printed = out.buffer.getvalue() if case.words[:1] == ("check",) else b""
    return status, (told.buffer.getvalue() + printed).decode()


def _apart(case: Typed) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", "cli", *case.words],
        input=case.typed.encode(),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
    )
    return ended.returncode, (ended.stderr + ended.stdout).decode("utf-8", "replace")


def _there(client: Client) -> Mapping[str, list[Any]]:
    endpoints = client.call("GET", "endpoints").json()["endpoints"]
    names = sorted(it["name"] for it in endpoints)
    return {
        "endpoints": names,
        "deployments": [it["name"] for name in names for it in client.deployments(name)],
        "jobs": sorted(it["job"] for it in client.call("GET", "jobs").json()["jobs"]),
        "blobs": sorted((it.name, it.etag) for it in client.flows.list_blobs()),
    }


if __name__ == "__main__":
    sys.exit(main())
