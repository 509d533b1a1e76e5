"""What every part of the local stack does as a process: say that it is ready, and end when told."""

import asyncio
import json
import os
import signal
import sys
import threading


def announce(**facts: object) -> None:
    """Print the one line that tells the supervisor that this part is ready, and how to reach it."""
    print(json.dumps({"ready": True, **facts}), flush=True)


async def ended(*, follow_stdin: bool) -> None:
    """Return when the process is told to end: SIGTERM, SIGINT, or (if asked) the end of stdin.

    The end of stdin means that the supervisor has died, however it died.
    """
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    if follow_stdin:
        threading.Thread(target=_follow, args=(loop, told), daemon=True).start()
    await told.wait()


def _follow(loop: asyncio.AbstractEventLoop, told: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(told.set)
