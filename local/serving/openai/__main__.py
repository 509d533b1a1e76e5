"""The stand-in as a separate process: `python -m local.serving.openai [--port N] [--key KEY]`."""

import argparse
import asyncio

from local.process import announce, wait_for_stop
from local.serving.loopback import Loopback
from local.serving.openai import KEY, openai_app


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.serving.openai")
    parser.add_argument("--key", default=KEY)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--follow-stdin", action="store_true")
    flags = parser.parse_args()
    server = await Loopback.start(openai_app(flags.key), flags.port)
    announce(url=server.url)
    await wait_for_stop(follow_stdin=flags.follow_stdin)
    await server.close()


if __name__ == "__main__":
    asyncio.run(main())
