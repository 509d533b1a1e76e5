"""Asks pip which versions it would install, without installing and without running code.

Only wheels are looked at: a source package runs its own code when it is asked for its dependencies.
pip gets requirements as names and versions, so that nothing in a file can change how it works.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import canonicalize_name

SECONDS = 120
_BYTES = 4 << 30
_BOUNDED = (
    "import contextlib, resource, runpy\n"
    "with contextlib.suppress(OSError, ValueError):\n"
    f"    resource.setrlimit(resource.RLIMIT_AS, ({_BYTES}, {_BYTES}))\n"
    "runpy.run_module('pip', run_name='__main__')\n"
)
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
_QUIET = ("--no-input", "--disable-pip-version-check", "--no-cache-dir", "--retries", "1")


@dataclass(frozen=True)
class Looked:
    """What pip found: versions by name, or what it said."""

    versions: Mapping[str, str]
    ok: bool
    said: str = ""


@dataclass(frozen=True)
class PipLookup:
    """pip on one index, for one Python on Linux."""

    index: str
    python: str

    def resolve(self, requirements: Sequence[str], *, alone: bool = False) -> Looked:
        """Resolve requirements. `alone`: each by itself, without what it needs."""
        with TemporaryDirectory(prefix="resolve-") as scratch:
            wanted, report = Path(scratch) / "asked.txt", Path(scratch) / "report.json"
            wanted.write_text("\n".join([*requirements, ""]), encoding="utf-8")
            options = [
                *("install", "--dry-run", "--ignore-installed", "--target", f"{scratch}/target"),
                *("--only-binary", ":all:", "--python-version", self.python),
                *(word for it in _PLATFORMS for word in ("--platform", it)),
                *(("--no-deps",) if alone else ()),
                *("--report", str(report), "--requirement", str(wanted)),
            ]
            ended = self._pip(options, scratch)
            if ended.returncode:
                return Looked({}, ok=False, said=ended.stdout + ended.stderr)
            found = json.loads(report.read_text(encoding="utf-8"))["install"]
        chosen = (it["metadata"] for it in found)
        return Looked({canonicalize_name(it["name"]): it["version"] for it in chosen}, ok=True)

    def versions(self, name: str) -> list[str]:
        """Return all versions that the index has, also as source; newest first."""
        with TemporaryDirectory(prefix="resolve-") as scratch:
            ended = self._pip(["index", "versions", name, "--json"], scratch)
        return [] if ended.returncode else list(json.loads(ended.stdout)["versions"])

    def _pip(self, words: Sequence[str], folder: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", _BOUNDED, "--isolated", *words, *_QUIET]
        try:
            return subprocess.run(  # noqa: S603 - pip, with our own options
                [*command, "--index-url", self.index],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            late = f"ERROR: pip did not end within {SECONDS} s"
            return subprocess.CompletedProcess(command, 1, "", late)
