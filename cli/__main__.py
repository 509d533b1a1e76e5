"""The command `sluice`."""

# Each command is imported when it runs: storage, YAML and identity are slow to import.
# ruff: noqa: PLC0415

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from cli import words as words_of
from cli.errors import INTERRUPTED, REFUSED, CommandError
from cli.target import find_target
from shared.domain.errors import Rejected

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result's JSON alone.")
with_target = click.option(
    "--stack",
    "target",
    type=words_of.path,
    metavar="FILE",
    callback=lambda _context, _option, stack: find_target(stack, os.environ, Path.cwd()),
    help="A stack.json, instead of the one found.",
)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. An error is one clear line, never a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A file's name may hold bytes that the terminal's encoding cannot show.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return int(sluice.main(words, prog_name="sluice", standalone_mode=False))
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
    except OSError as wrong:  # of the user's own files; a failed request is a CommandError
        print(f"sluice: {_place(wrong)}{wrong.strerror or wrong}", file=sys.stderr)
        return REFUSED
    except click.Abort:  # Ctrl-C
        return INTERRUPTED


def _place(wrong: OSError) -> str:
    from shared.package.paths import printable

    return f"{printable(str(wrong.filename))}: " if wrong.filename else ""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 succeeded or unchanged, 1 failed or rolled back, 2 rejected or wrong "
    "usage, 3 superseded by a newer job or canceled, 4 something does not answer.",
)
def sluice() -> None:
    """Drop a prompt flow, get an answering endpoint."""


@sluice.command()
@click.argument("path", type=words_of.path)
@click.option(
    "--as", "blob", type=words_of.blob, metavar="NAME", help="Drop it as NAME, or PREFIX/NAME."
)
@click.option("--no-wait", is_flag=True, help="End when the job is accepted.")
@click.option("--force", is_flag=True, help="Also content that failed a rollout's gate.")
@as_json
@with_target
def drop(**options: Any) -> int:
    """Deploy a flow's folder or zip, and follow its job."""
    from cli.commands.drop import drop as run

    return run(**options)


@sluice.command()
@click.argument("path", type=words_of.path, required=False)
@click.option(
    "--as", "name", type=words_of.blob, metavar="NAME", help="Plan PATH as if dropped as NAME."
)
@click.option("--blob", metavar="BLOB", help="A zip in the flows container.")
@click.option("--folder", metavar="FOLDER", help="A folder in the flows container.")
@click.option("--run", metavar="RUN", help="A prompt flow run of the workspace.")
@click.option("--endpoint", type=words_of.endpoint, help="An endpoint's earlier revision.")
@click.option("--revision", metavar="DIGEST", help="With --endpoint: current, previous, a digest.")
@as_json
@with_target
def plan(**options: Any) -> int:
    """Show what a deployment would do; nothing is written."""
    from cli.commands.plan import plan as run

    return run(**options)


@sluice.command()
@click.argument("path", type=words_of.path)
def check(path: Path) -> int:
    """Report what is wrong with a flow; nothing needs to run."""
    from cli.commands.check import check as run

    return run(path)


@sluice.command()
@click.argument("job", type=words_of.job)
@as_json
@with_target
def watch(**options: Any) -> int:
    """Follow a job to its end."""
    from cli.commands.watch import watch as run

    return run(**options)


# A question may be a negative number, which looks like an option.
@sluice.command(context_settings={"ignore_unknown_options": True})
@click.argument("endpoint", type=words_of.endpoint)
@click.argument("question", type=words_of.question, metavar="JSON")
@with_target
def invoke(**options: Any) -> int:
    """Ask an endpoint, with its own key."""
    from cli.commands.invoke import invoke as run

    return run(**options)


@sluice.command()
@with_target
def endpoints(**options: Any) -> int:
    """List the workspace's endpoints."""
    from cli.commands.endpoints import endpoints as run

    return run(**options)


@sluice.command()
@as_json
@with_target
def retirement(**options: Any) -> int:
    """List the deployments that run a retired image or prompt flow."""
    from cli.commands.retirement import retirement as run

    return run(**options)


@sluice.command()
@click.argument("endpoint", type=words_of.endpoint)
@click.option("--json", "as_json", is_flag=True, help="Print all of it, as JSON.")
@with_target
def show(**options: Any) -> int:
    """Show one endpoint."""
    from cli.commands.endpoints import show as run

    return run(**options)


@sluice.command("dead-letters")
@click.argument("act", type=click.Choice(["list", "replay", "discard"]), default="list")
@click.argument("queue", type=words_of.queue, required=False)
@click.argument("letter", type=words_of.letter, required=False, metavar="[ID]")
@as_json
@with_target
def dead_letters(**options: Any) -> int:
    """List what ended in a dead-letter queue; replay or discard one."""
    from cli.commands.dead_letters import dead_letters as run

    return run(**options)


@sluice.command()
@click.argument("endpoint", type=words_of.endpoint)
@click.option(
    "--deployment",
    type=words_of.deployment,
    metavar="NAME",
    help="Delete only this deployment, which must have no traffic.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Also delete what Sluice did not make.")
@as_json
@with_target
def delete(**options: Any) -> int:
    """Delete an endpoint."""
    from cli.commands.delete import delete as run

    return run(**options)


def _decision(kind: str, does: str) -> None:
    """Add the command of one decision about a job."""

    @sluice.command(name=kind, help=does)
    @click.argument("job", type=words_of.job)
    @click.option("--reason", type=words_of.reason, metavar="TEXT", help="Kept and shown.")
    @click.option("--no-wait", is_flag=True, help="End when the decision is recorded.")
    @as_json
    @with_target
    def command(**options: Any) -> int:
        from cli.commands.decide import decide

        return decide(kind, **options)


_decision("cancel", "Stop a job, and put back what it has changed.")
_decision("promote", "Give a rollout's new deployment all traffic now.")
_decision("abort", "Send a rollout's traffic back now.")
_decision("approve", "Let a job go on that waits for an approval.")
_decision("reject", "Refuse a job that waits for an approval, and put back what it has changed.")


@sluice.command()
@click.argument("job", type=words_of.job)
@click.option("--no-wait", is_flag=True, help="End when the new job is accepted.")
@as_json
@with_target
def retry(**options: Any) -> int:
    """Try a job again that has ended, with the package that it kept."""
    from cli.commands.retry import retry as run

    return run(**options)


@sluice.command()
@click.argument("endpoint", type=words_of.endpoint)
@click.option("--reason", type=words_of.reason, metavar="TEXT", help="Kept and shown.")
@as_json
@with_target
def rollback(**options: Any) -> int:
    """Put the previous release back, and hold the endpoint there."""
    from cli.commands.rollback import rollback as run

    return run(**options)


@sluice.command()
@click.argument("endpoint", type=words_of.endpoint)
@with_target
def resume(**options: Any) -> int:
    """End an endpoint's hold: what was dropped last goes on."""
    from cli.commands.rollback import resume as run

    return run(**options)


if __name__ == "__main__":
    sys.exit(main())
