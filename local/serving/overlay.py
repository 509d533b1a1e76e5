"""A second environment over the runtime's, with what a build installs. Made once for each content.

A `.pth` shows it the runtime's packages: pip then installs only what is missing or differs, and
what it installs comes first. `promptflow*` requirements are taken out: the runtime is there, and
another one over it breaks its imports.
"""

import asyncio
import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.serving.pip_install import PipInstall
from local.serving.requirement_files import read_by
from local.serving.stamps import finish, stamp

_QUICK = ("--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")


class PipError(Exception):
    """pip did not install it; the message is the end of what it said."""


@dataclass(frozen=True)
class Overlays:
    """Where overlays are made, and from what: the runtime's venv, wheels, pip's environment."""

    folder: Path
    venv: Path
    wheelhouse: Path
    environ: Mapping[str, str]

    def place(self, installs: Sequence[PipInstall]) -> Path:
        """The overlay's folder, named by the runtime beneath it and by everything asked for."""
        digest = hashlib.sha256(stamp(self.venv).encode())
        for install in installs:
            digest.update(repr([word for word in install.arguments if "/" not in word]).encode())
            for path in [*read_by(install), *_sources(install)]:
                digest.update(path.read_bytes())
        return self.folder / digest.hexdigest()[:16]

    async def make(self, folder: Path, installs: Sequence[PipInstall], log: Path) -> None:
        """Make the overlay, unless it stands; pip's words go to `log`.

        Packages come from the machine's index; the wheelhouse helps out where there is none.

        Raises:
            PipError: pip failed.
        """
        if stamp(folder):
            return
        shutil.rmtree(folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
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
        said = (await process.communicate())[0].decode(errors="replace")
        with log.open("a") as file:
            file.write(said)
        if process.returncode:
            raise PipError("\n".join(said.strip().splitlines()[-8:]))


def _lay_over(folder: Path, venv: Path) -> None:
    site = next((folder / "lib").glob("python*/site-packages"))
    beneath = next((venv / "lib").glob("python*/site-packages"))
    (site / "runtime.pth").write_text(f"import site; site.addsitedir({str(beneath)!r})\n")


def _sources(install: PipInstall) -> list[Path]:
    """The files of packages that are installed from folders, wheels and archives of the context."""
    named = [install.folder / word for word in (*install.arguments, *_places(install))]
    inside = [path for folder in named if folder.is_dir() for path in folder.rglob("*")]
    return sorted(path for path in {*named, *inside} if path.is_file())


def _places(install: PipInstall) -> Iterator[str]:
    """What the lines of its requirements files say, as if each were a path."""
    for path in read_by(install):
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            said = line.partition(";")[0].partition("[")[0].strip()
            place = said.removeprefix("--editable").removeprefix("-e").strip(" =")
            if place and not place.startswith("#"):
                yield place
