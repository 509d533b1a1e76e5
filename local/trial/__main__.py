"""Serve a zipped package until stdin ends: `python -m local.trial ZIP`.

Prints one line of JSON when the server answers, or cannot: `url`, or `code`, `cause` and `remedy`;
and one at the end, with its `log`. Environments are kept in `.local/check`, by the hash of their
requirements.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.places import LOCAL, PROMPTFLOW
from local.process import wait_for_stop
from local.serving import FlowServing
from local.serving.contract import Container, ServingError
from local.serving.stamps import stamp
from local.trial.azure_needs import azure_needs, given_variables
from local.trial.container import DEPLOYMENT, ENDPOINT, container
from shared.package.preparing import open_and_read

CACHE = LOCAL / "check"
READY_WITHIN_S = 300.0
_NO_RUNTIME = ("the servers of packages are not installed here", "Run `python -m local.setup`")


def main() -> None:
    """Serve the package of the command line."""
    with TemporaryDirectory(prefix="sluice-trial-") as scratch:
        asyncio.run(_serve(Path(sys.argv[1]), Path(scratch)))


async def _serve(package: Path, scratch: Path) -> None:
    made = _container(package, scratch)
    if isinstance(made, tuple):
        _tell(code="NotHere", cause=made[0], remedy=made[1])
        return
    stop = asyncio.create_task(wait_for_stop(follow_stdin=True))
    serving = FlowServing(
        PROMPTFLOW, scratch / "state", ready_within_s=READY_WITHIN_S, environments=CACHE
    )
    starting = asyncio.create_task(_start(serving, made))
    try:
        await asyncio.wait({starting, stop}, return_when=asyncio.FIRST_COMPLETED)
        if stop.done():
            starting.cancel()
        else:
            _tell(**starting.result())
            await stop
        _tell(log=serving.log(ENDPOINT, DEPLOYMENT, "InferenceServer"))
    finally:
        await asyncio.gather(starting, return_exceptions=True)
        await serving.close()


async def _start(serving: FlowServing, made: Container) -> dict[str, Any]:
    try:
        await serving.start(made)
    except ServingError as error:
        return {"code": error.code, "cause": error.message}
    return {"url": f"{serving.url(ENDPOINT, DEPLOYMENT)}{made.scoring}"}


def _container(package: Path, scratch: Path) -> Container | tuple[str, str]:
    """Make the container; cause and remedy of what it needs and is not here."""
    if not stamp(PROMPTFLOW):
        return _NO_RUNTIME
    opened = open_and_read(package, scratch / "package")
    content, manifest = opened.reading.content, opened.reading.manifest
    if content is None:
        return "the package cannot be read", "See `sluice check`"
    given = given_variables(content, manifest, os.environ)
    lacking = next(azure_needs(content, manifest, given), None)
    return lacking or container(package, scratch / "parts", content, manifest, given)


def _tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
