"""A virtual environment over the runtime's for the packages of a build, created once per content.

A `.pth` file adds the runtime's packages: pip then installs only what is missing or differs,
and its packages take precedence. `promptflow*` requirements are removed: a second runtime over the
first breaks its imports.
"""

import asyncio
import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.serving.pip_install import PipInstall
from local.serving.requirement_files import requirement_files
from local.serving.stamps import finish, stamp

_QUICK = ("--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")


class PipError(Exception):
    """pip failed; the message is the end of its output."""


@dataclass(frozen=True)
class Overlays:
    """Creates overlays in `folder`, from the runtime's venv and wheels, with pip's environment."""

    folder: Path
    venv: Path
    wheelhouse: Path
    environ: Mapping[str, str]

    def place(self, installs: Sequence[PipInstall]) -> Path:
        """Return the overlay's folder, named by a hash of the runtime and all requirements."""
        digest = hashlib.sha256(stamp(self.venv).encode())
        for install in installs:
            digest.update(repr([word for word in install.arguments if "/" not in word]).encode())
            for path in [*requirement_files(install), *_sources(install)]:
                digest.update(path.read_bytes())
        return self.folder / digest.hexdigest()[:16]

    async def make(self, folder: Path, installs: Sequence[PipInstall], log: Path) -> None:
        """Create the overlay unless it exists, with pip's output in `log`.

        Packages come from the machine's index, or from the wheelhouse without one.

        Raises:
            PipError: pip failed.
        """
        if stamp(folder):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with folder.with_suffix(".lock").open("w") as lock:
            # Another process may make the same.
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            if not stamp(folder):
                await self._make(folder, installs, log)

    async def _make(self, folder: Path, installs: Sequence[PipInstall], log: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        python = str(self.venv / "bin" / "python")
        await self._run([python, "-m", "venv", "--without-pip", str(folder)], self.folder, log)
        _lay_over(folder, self.venv)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", *_QUICK]
        for install in installs:
            command = [*pip, "--find-links", str(self.wheelhouse), *install.arguments]
            await self._run(command, install.folder, log)
        finish(folder, folder.name)

    async def _run(self, command: list[str], folder: Path, log: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        text = (await process.communicate())[0].decode(errors="replace")
        with log.open("a") as file:
            file.write(text)
        if process.returncode:
            raise PipError("\n".join(text.strip().splitlines()[-8:]))


def _lay_over(folder: Path, venv: Path) -> None:
    site = next((folder / "lib").glob("python*/site-packages"))
    beneath = next((venv / "lib").glob("python*/site-packages"))
    (site / "runtime.pth").write_text(f"import site; site.addsitedir({str(beneath)!r})\n")


def _sources(install: PipInstall) -> list[Path]:
    """Return the files of packages installed from folders, wheels and archives of the context."""
    named = [install.folder / word for word in (*install.arguments, *_places(install))]
    inside = [path for folder in named if folder.is_dir() for path in folder.rglob("*")]
    return sorted(path for path in {*named, *inside} if path.is_file())


def _places(install: PipInstall) -> Iterator[str]:
    """Yield the lines of its requirements files as if each were a path."""
    for path in requirement_files(install):
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            text = line.partition(";")[0].partition("[")[0].strip()
            place = text.removeprefix("--editable").removeprefix("-e").strip(" =")
            if place and not place.startswith("#"):
                yield place
