"""`python -m local.functions_host`: the Functions host. App settings are its environment."""

import argparse
import asyncio
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.functions_host.host import Place, load_host
from local.functions_host.web.asgi import build_server, listen
from local.functions_host.web.keys import Keys
from local.functions_host.worker.worker import AppError
from local.process import announce, wait_for_stop

_DRAIN = 1.6  # seconds, so that the whole shutdown takes less than two


async def main(arguments: argparse.Namespace, listening: socket.socket, stdout: int) -> None:
    """Serve until asked to stop, then let running invocations finish."""
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    keys = Keys.derived(arguments.function_key)
    place = Place(
        arguments.app.resolve(),
        arguments.state.resolve(),
        base,
        arguments.durable,
        keys,
        arguments.blob_interval,
    )
    host = await load_host(place)
    server = build_server(host.answer)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    host.start()
    with _original_stdout(stdout):
        announce(
            url=base,
            master_key=keys.master,
            durable_key=keys.durable,
            blobs_key=keys.blobs,
        )
    await wait_for_stop(follow_stdin=arguments.follow_stdin)
    server.should_exit = True
    stopping = asyncio.create_task(host.stop(_DRAIN))
    await asyncio.wait([serving, stopping], timeout=_DRAIN)


@contextmanager
def _original_stdout(stdout: int) -> Iterator[None]:
    """Restore the original stdout for the ready line; the app's own output goes to stderr."""
    sys.stdout.flush()
    os.dup2(stdout, 1)
    try:
        yield
        sys.stdout.flush()
    finally:
        os.dup2(2, 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.functions_host", description=__doc__)
    parser.add_argument("--app", type=Path, required=True, help="folder of function_app.py")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--durable", required=True, help="the Durable backend, 127.0.0.1:PORT")
    parser.add_argument("--state", type=Path, required=True, help="folder of the host's state")
    parser.add_argument("--function-key", required=True, help="the key for auth level 'function'")
    parser.add_argument(
        "--blob-interval", type=float, default=0.5, help="seconds between two scans of a container"
    )
    parser.add_argument("--log-level", default="WARNING", help="of the root logger")
    parser.add_argument("--follow-stdin", action="store_true", help="end when stdin ends")
    return parser.parse_args()


if __name__ == "__main__":
    stdout = os.dup(1)
    os.dup2(2, 1)
    chosen = _arguments()
    logging.basicConfig(
        level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    status = 0
    try:
        asyncio.run(main(chosen, listen(chosen.port), stdout))
    except (AppError, ValueError, OSError) as error:
        print(f"the Functions host cannot start: {error}", file=sys.stderr)
        status = 1
    sys.stderr.flush()
    os._exit(status)  # do not wait for threads of running functions
