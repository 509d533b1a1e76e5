"""Process conventions of every part: announce readiness, and stop on request."""

import asyncio
import json
import os
import signal
import sys
import threading


def announce(**facts: object) -> None:
    """Print the ready line for the supervisor, with the address of this part."""
    print(json.dumps({"ready": True, **facts}), flush=True)


async def wait_for_stop(*, follow_stdin: bool) -> None:
    """Wait for SIGTERM, SIGINT, or (if requested) the end of stdin.

    The end of stdin means that the supervisor has ended for any reason.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if follow_stdin:
        threading.Thread(target=_follow, args=(loop, stop), daemon=True).start()
    await stop.wait()


def _follow(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(stop.set)
