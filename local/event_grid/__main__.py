"""`python -m local.event_grid`: one event subscription of one container."""

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path

from local.event_grid.account import Account
from local.event_grid.outbox import FILE, Outbox
from local.event_grid.subscription import Subscription
from local.event_grid.webhook import NotValidatedError, Webhook
from local.process import announce, wait_for_stop


async def main(arguments: argparse.Namespace) -> None:
    """Watch and deliver until asked to stop. A new subscription first validates its webhook."""
    # In the environment, since anybody can read the command line of a process.
    account = Account(os.environ["EVENT_GRID_STORAGE"], arguments.container)
    webhook = Webhook(os.environ["EVENT_GRID_WEBHOOK"])
    if not (arguments.state / FILE).exists():
        await webhook.validate()
    one = Subscription(account, Outbox(arguments.state), webhook, arguments.interval)
    running = [asyncio.create_task(one.watch()), asyncio.create_task(one.deliver())]
    announce()
    stop = asyncio.create_task(wait_for_stop(follow_stdin=arguments.follow_stdin))
    await asyncio.wait([stop, *running], return_when=asyncio.FIRST_COMPLETED)
    for task in running:
        if task.done():
            task.result()
        task.cancel()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.event_grid", description=__doc__)
    parser.add_argument("--container", required=True, help="the container to watch")
    parser.add_argument("--state", type=Path, required=True, help="folder of its own state")
    parser.add_argument(
        "--interval", type=float, default=0.5, help="seconds between two looks at the container"
    )
    parser.add_argument("--follow-stdin", action="store_true", help="end when stdin ends")
    return parser.parse_args()


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("azure").setLevel(logging.ERROR)
    try:
        asyncio.run(main(_arguments()))
    except NotValidatedError as error:
        print(f"Event Grid cannot subscribe: {error}", file=sys.stderr)
        sys.exit(1)
