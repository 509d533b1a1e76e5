"""Wait for a job: until it is accepted, and until it has its result."""

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from cli.display import Display, Lines
from cli.errors import unreachable
from cli.service import Service

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 2.0
# Event Grid is quick; the polling trigger may lag ten minutes.
ACCEPT_SECONDS: Final = 900.0
SLOW_SECONDS: Final = 30.0


def find_job(service: Service, screen: Display, blob: str, etag: str) -> str:
    """Wait for the job of a blob that was just dropped, and return its id.

    Raises:
        CommandError: no job started within 15 minutes.
    """
    began = time.monotonic()
    slow = False
    while (waited := time.monotonic() - began) < ACCEPT_SECONDS:
        if job := service.job_of(blob, etag):
            return job
        if waited > SLOW_SECONDS and not slow:
            screen.say(
                "not accepted yet; a polling trigger may need ten minutes, and a zip inside the "
                "folder of another flow is a file of that flow"
            )
            slow = True
        time.sleep(FIRST_PAUSE_SECONDS)
    raise unreachable(
        f"{blob} was dropped, but no job started. Check whether a folder above it has a flow file "
        "(the zip is then a file of that flow), and whether the blob trigger gets its events"
    )


def follow(service: Service, screen: Display, job: str) -> Mapping[str, Any]:
    """Show the job until it ends, and return it with its result.

    Raises:
        CommandError: there is no such job, or Sluice stops answering.
    """
    pause = FIRST_PAUSE_SECONDS
    try:
        with screen:
            while not (now := service.job(job)).get("result"):
                screen.show(now)
                time.sleep(pause)
                pause = min(pause * 1.2, LONGEST_PAUSE_SECONDS)
            screen.show(now)
    except KeyboardInterrupt:
        print(f"job {job} goes on without you; watch it: sluice watch {job}", file=sys.stderr)
        raise
    return now


def choose_display(*, silent: bool) -> Display:
    """Choose the display that fits where standard output goes."""
    if silent:
        return Display()
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return Lines(sys.stdout)
    # Rich is slow to import, and nothing else needs it.
    from rich.console import Console  # noqa: PLC0415

    from cli.terminal import Terminal  # noqa: PLC0415

    return Terminal(Console())
