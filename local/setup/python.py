"""The project's own virtual environment, and the command `sluice` in it."""

import shutil
import sys
from pathlib import Path

from local.places import ROOT, VENV
from local.setup.task import Task, run

REQUIREMENTS = ROOT / "requirements-dev.txt"
PYTHON = VENV / "bin" / "python"
COMMAND = """\
#!{python}
import sys

sys.path.insert(0, {root!r})
from cli.__main__ import main

sys.exit(main())
"""


def make(log: Path) -> None:
    """Create .venv, install exactly what the lock file names, compile it, add `sluice`."""
    if VENV.exists() and not _ours():
        shutil.rmtree(VENV)
    if not VENV.exists():
        run(log, sys.executable, "-m", "venv", VENV)
    install = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    # The lock names every package with its hashes, so there is nothing to resolve; compiling
    # afterwards uses all cores, pip would use one.
    run(log, *install, "--no-compile", "--no-deps", "--require-hashes", "-r", REQUIREMENTS)
    run(log, PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib")
    command = VENV / "bin" / "sluice"
    command.write_text(COMMAND.format(python=PYTHON, root=str(ROOT)))
    command.chmod(0o755)


def _ours() -> bool:
    """Whether .venv is of this Python version, and whole enough to install into."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return PYTHON.exists() and (VENV / "lib" / version / "site-packages" / "pip").exists()


TASK = Task("Python packages", VENV, (REQUIREMENTS, Path(__file__)), make)
