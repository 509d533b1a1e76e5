"""Creates the environment that serves flows, and the wheels beside it.

Run as `python -m local.serving.venv --venv DIR --wheelhouse DIR`. The environment has the packages
of the prompt flow image, pinned in requirements.txt. The wheelhouse has the packages that the
samples add, so that their images build without a package index. A stamp written last makes a second
run quick, and an interrupted one start again.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.serving.stamps import finish, stamp

HERE = Path(__file__).parent


class SetUpError(Exception):
    """The environment could not be created; the message is one line."""


def make(venv: Path, wheelhouse: Path) -> bool:
    """Create both folders from the two requirements files; False if both are up to date."""
    made = _ensure(venv, HERE / "requirements.txt", _install)
    kept = _ensure(wheelhouse, HERE / "wheelhouse.txt", lambda to, pins: _download(venv, to, pins))
    return made or kept


def _ensure(folder: Path, pins: Path, fill: Callable[[Path, Path], None]) -> bool:
    wanted = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    if stamp(folder) == wanted:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(folder, pins)
    finish(folder, wanted)
    return True


def _install(venv: Path, pins: Path) -> None:
    _run(sys.executable, "-m", "venv", str(venv))
    _pip(venv, "install", "--require-hashes", "--no-deps", "-r", str(pins))


def _download(venv: Path, wheelhouse: Path, pins: Path) -> None:
    only = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
    _pip(venv, "download", *only, "-d", str(wheelhouse), "-r", str(pins))


def _pip(venv: Path, *words: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    _run(str(venv / "bin" / "python"), "-m", "pip", *words, *quiet)


def _run(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")]
        said = (errors or lines or ["nothing was said"])[-1]
        raise SetUpError(f"{' '.join(command[1:4])} failed ({ended.returncode}): {said}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.serving.venv")
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--wheelhouse", type=Path, required=True)
    flags = parser.parse_args()
    try:
        made = make(flags.venv.absolute(), flags.wheelhouse.absolute())
    except (SetUpError, OSError) as error:
        print(f"The prompt flow environment could not be created: {error}", file=sys.stderr)
        return 1
    print("The prompt flow environment", "is created" if made else "is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
