"""`python -m local.service_bus --config FILE --db FILE --port N`: the broker as a process."""

import argparse
import asyncio
import logging
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from local.process import announce, wait_for_stop
from local.service_bus.broker import Broker
from local.service_bus.clock import Alarm
from local.service_bus.config import ConfigError, QueueConfig, read_config
from local.service_bus.journal import Journal
from local.service_bus.server import Server
from local.service_bus.store import Store


async def serve(
    options: argparse.Namespace, queues: list[QueueConfig], keys: dict[str, str]
) -> None:
    loop = asyncio.get_running_loop()
    journal = Journal(options.db, loop)
    set_alarm: Callable[[int, Callable[[], None]], Alarm] = partial(Alarm, loop)
    server = Server(Broker(queues, Store(journal), set_alarm), journal, keys)
    announce(port=await server.start(options.port))
    await wait_for_stop(follow_stdin=options.follow_stdin)
    server.stop()
    journal.close()


def main() -> int:
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="service bus: %(levelname)s %(message)s")
    try:
        asyncio.run(serve(options, read_config(options.config), dict(options.key)))
    except sqlite3.Error as error:
        # "locked" means that another broker uses the file.
        return _fail(f"{options.db}: {error}")
    except (ConfigError, OSError) as error:
        return _fail(str(error))
    return 0


def _fail(why: str) -> int:
    print(f"service bus: {why}", file=sys.stderr)
    return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.service_bus", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the JSON file of the queues")
    parser.add_argument("--db", type=Path, required=True, help="the SQLite file of the messages")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument(
        "--key",
        type=_key,
        action="append",
        default=[],
        metavar="NAME=KEY",
        help="a shared access key; may be repeated; without keys, every client is accepted",
    )
    parser.add_argument("--follow-stdin", action="store_true", help="end when stdin ends")
    return parser.parse_args()


def _key(text: str) -> tuple[str, str]:
    name, separator, key = text.partition("=")
    if not (name and separator and key):
        raise argparse.ArgumentTypeError("must be NAME=KEY")
    return name, key


if __name__ == "__main__":
    sys.exit(main())
