"""One process that serves one deployment: start, readiness probes, end."""

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.serving.ports import listen

POLL_S = 0.1
PROBE_TIMEOUT_S = 2.0


class NotReadyError(Exception):
    """The process ended, or did not answer its probes in time; the message says which."""


@dataclass(frozen=True)
class Runtime:
    """A running process, its base URL on loopback, and its own folder."""

    process: asyncio.subprocess.Process
    url: str
    folder: Path

    @property
    def alive(self) -> bool:
        """True if the process still runs."""
        return self.process.returncode is None

    async def ready(self, paths: tuple[str, ...], within_s: float) -> None:
        """Wait until each path has answered 200.

        Raises:
            NotReadyError: the process ended, or the time is up.
        """
        probing = asyncio.ensure_future(self._probe(paths))
        ending = asyncio.ensure_future(self.process.wait())
        both = {probing, ending}
        await asyncio.wait(both, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
        if probing.done() and not probing.cancelled():
            return
        if ending.done() and not ending.cancelled():
            raise NotReadyError(f"the container ended with exit code {ending.result()}")
        raise NotReadyError(f"readiness probe failed: nothing well answered within {within_s:g} s")

    async def end(self) -> None:
        """Kill the process and its children, and remove its folder."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _probe(self, paths: tuple[str, ...]) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=PROBE_TIMEOUT_S) as client:
            for path in paths:
                while not await _answers(client, path):  # noqa: ASYNC110 - there is no event for it
                    await asyncio.sleep(POLL_S)


async def _answers(client: httpx.AsyncClient, path: str) -> bool:
    try:
        return (await client.get(path)).status_code == 200
    except httpx.HTTPError:
        return False


async def launch(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    folder: Path,
    log: Path,
    workdir: Path | None = None,
) -> Runtime:
    """Start a program on a free loopback port, which it is told as `--socket`.

    It runs in `workdir`, or in `folder`, which is its own. It inherits the listening socket, so no
    other process can take the port, and it ends with its stdin, so it cannot outlive this process.
    """
    with listen() as listening, log.open("ab") as output:
        number = listening.fileno()
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            f"--socket={number}",
            cwd=workdir or folder,
            env=environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(number,),
            start_new_session=True,
        )
        return Runtime(process, f"http://127.0.0.1:{listening.getsockname()[1]}", folder)
