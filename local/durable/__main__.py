"""`python -m local.durable --port N --db FILE [--default-version V]`: the Durable backend."""

import argparse
import asyncio
import logging
from pathlib import Path

from local.durable.backend import Backend
from local.durable.server import serve
from local.durable.store import Store
from local.process import announce, wait_for_stop


async def main(arguments: argparse.Namespace) -> None:
    """Serve until asked to stop. Work in progress is handed out again by the next process."""
    backend = Backend(Store(arguments.db), arguments.default_version)
    backend.recover()
    server, port = await serve(backend, arguments.port)
    announce(port=port, address=f"127.0.0.1:{port}")
    await wait_for_stop(follow_stdin=arguments.follow_stdin)
    backend.finish()
    await server.stop(grace=0.5)
    # gRPC logs tasks that are cancelled at the end of the loop, so let them finish.
    if rest := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(rest, timeout=1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.durable", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--db", type=Path, required=True, help="the SQLite file of the task hub")
    parser.add_argument("--default-version", default="", help="as in host.json")
    parser.add_argument("--follow-stdin", action="store_true", help="end when stdin ends")
    return parser.parse_args()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(main(_arguments()))
