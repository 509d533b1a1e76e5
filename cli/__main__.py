"""The command `sluice`."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from cli.errors import BROKEN_PIPE, INTERRUPTED, REFUSED, CommandError
from cli.menu import app, endpoints, flows, jobs, machine, queues
from cli.menu.menu import sluice
from shared.domain.errors import Rejected

MENU = (flows, jobs, endpoints, queues, app, machine)
"""Importing these has added their commands."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. An error is one clear line, never a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A file's name may hold bytes that the terminal's encoding cannot show.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = int(sluice.main(words, prog_name="sluice", standalone_mode=False))
        sys.stdout.flush()
    except click.UsageError as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except CommandError as wrong:
        print(f"sluice: {wrong}", file=sys.stderr)
        return wrong.exit_code
    except Rejected as wrong:
        for finding in wrong.findings:
            print(f"sluice: {finding}", file=sys.stderr)
        return REFUSED
    # Whoever read the output has read enough, as `head` does; click then raises SystemExit.
    except (BrokenPipeError, SystemExit):
        _discard_output()
        return BROKEN_PIPE
    except OSError as wrong:  # of the user's own files; a failed request is a CommandError
        print(f"sluice: {_place(wrong)}{wrong.strerror or wrong}", file=sys.stderr)
        return REFUSED
    except click.Abort:  # Ctrl-C
        return INTERRUPTED
    return code


def _discard_output() -> None:
    """Give what is still to be written no place to fail at when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _place(wrong: OSError) -> str:
    from shared.package.paths import printable  # noqa: PLC0415 - slow to import

    return f"{printable(str(wrong.filename))}: " if wrong.filename else ""


if __name__ == "__main__":
    sys.exit(main())
