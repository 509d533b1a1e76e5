"""The command `sluice`."""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from cli import words as words_of
from cli.errors import INTERRUPTED, REFUSED, CommandError
from cli.target import find_target
from shared.domain.errors import Rejected
from shared.package.paths import printable


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Faults are one clear line, never a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):
        # Names of files need not be text of the terminal's encoding.
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = _arguments(words)
    try:
        return _run(arguments)
    except CommandError as wrong:
        print(f"sluice: {wrong}", file=sys.stderr)
        return wrong.exit_code
    except Rejected as wrong:
        for finding in wrong.findings:
            print(f"sluice: {finding}", file=sys.stderr)
        return REFUSED
    except OSError as wrong:  # of a person's files: what answers wrongly is a CommandError
        print(f"sluice: {_place(wrong)}{wrong.strerror or wrong}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _place(wrong: OSError) -> str:
    return f"{printable(str(wrong.filename))}: " if wrong.filename else ""


def _run(arguments: argparse.Namespace) -> int:
    # Each command is imported when it is asked for: storage, YAML and identity are slow to import.
    if arguments.command == "check":
        from cli.commands.check import check  # noqa: PLC0415

        return check(arguments)
    target = find_target(arguments.stack, os.environ, Path.cwd())
    if arguments.command == "drop":
        from cli.commands.drop import drop  # noqa: PLC0415

        return drop(arguments, target)
    if arguments.command == "watch":
        from cli.commands.watch import watch  # noqa: PLC0415

        return watch(arguments, target)
    if arguments.command == "invoke":
        from cli.commands.invoke import invoke  # noqa: PLC0415

        return invoke(arguments, target)
    if arguments.command == "delete":
        from cli.commands.delete import delete  # noqa: PLC0415

        return delete(arguments, target)
    from cli.commands import endpoints  # noqa: PLC0415

    looking = {"endpoints": endpoints.endpoints, "show": endpoints.show}
    return looking[arguments.command](arguments, target)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sluice",
        description="Drop a prompt flow, get an answering endpoint.",
        epilog="Exit codes: 0 succeeded or unchanged, 1 failed or rolled back, 2 rejected or "
        "wrong usage, 3 superseded by a newer job, 4 something does not answer.",
    )
    stack = argparse.ArgumentParser(add_help=False)
    stack.add_argument("--stack", type=words_of.path, help="a stack.json, instead of the one found")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    drop = commands.add_parser(
        "drop", parents=[stack], help="deploy a flow's folder or zip and follow its job"
    )
    drop.add_argument("path", type=words_of.path)
    drop.add_argument(
        "--as",
        dest="blob",
        type=words_of.blob,
        metavar="NAME",
        help="drop it as NAME, or PREFIX/NAME",
    )
    drop.add_argument("--no-wait", action="store_true", help="end when the job is accepted")
    drop.add_argument("--json", action="store_true", help="print the result's JSON alone")

    check = commands.add_parser("check", help="say what is wrong with a flow, with nothing running")
    check.add_argument("path", type=words_of.path)

    watch = commands.add_parser("watch", parents=[stack], help="follow a job to its end")
    watch.add_argument("job", type=words_of.job)
    watch.add_argument("--json", action="store_true", help="print the result's JSON alone")

    invoke = commands.add_parser(
        "invoke", parents=[stack], help="ask an endpoint, with its own key"
    )
    invoke.add_argument("endpoint", type=words_of.endpoint)
    invoke.add_argument("body", type=words_of.question, metavar="JSON")

    commands.add_parser("endpoints", parents=[stack], help="list the workspace's endpoints")

    show = commands.add_parser("show", parents=[stack], help="show one endpoint")
    show.add_argument("endpoint", type=words_of.endpoint)
    show.add_argument("--json", action="store_true", help="print all of it, as JSON")

    delete = commands.add_parser("delete", parents=[stack], help="delete an endpoint")
    delete.add_argument("endpoint", type=words_of.endpoint)
    delete.add_argument("--yes", action="store_true", help="do not ask")
    delete.add_argument(
        "--deployment",
        type=words_of.deployment,
        metavar="NAME",
        help="only this deployment, which must have no traffic",
    )
    delete.add_argument("--force", action="store_true", help="also what Sluice did not make")
    delete.add_argument("--json", action="store_true", help="print the result's JSON alone")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
