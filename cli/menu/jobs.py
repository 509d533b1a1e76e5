"""Commands about jobs: look at them, follow them, decide about them."""

# Each command is imported when it runs: storage, YAML and identity are slow to import.
# ruff: noqa: PLC0415

from typing import Any

import click

from cli import words
from cli.menu import options
from cli.menu.menu import sluice

command = sluice.section("Jobs")


@command()
@click.option("--state", metavar="STATE", help="running, waiting, or an outcome.")
@click.option("--endpoint", type=words.endpoint, help="Only jobs of this endpoint.")
@click.option("--before", metavar="TOKEN", help="The next page, as the last line of a page says.")
@options.as_json
@options.with_target
def jobs(**given: Any) -> int:
    """List the newest jobs."""
    from cli.commands.jobs import jobs as run

    return run(**given)


@command()
@options.job
@options.as_json
@options.with_target
def job(**given: Any) -> int:
    """Show one job as it is now: steps, decisions, verdicts, result."""
    from cli.commands.job import job as run

    return run(**given)


@command()
@options.job
@options.as_json
@options.with_target
def watch(**given: Any) -> int:
    """Follow a job to its end."""
    from cli.commands.watch import watch as run

    return run(**given)


@command()
@options.job
@options.as_json
@options.with_target
def logs(**given: Any) -> int:
    """Print the container's log that a failed job kept."""
    from cli.commands.logs import logs as run

    return run(**given)


def _decision(kind: str, does: str) -> None:
    """Add the command of one decision about a job."""

    @command(name=kind, help=does)
    @options.job
    @options.reason
    @click.option("--no-wait", is_flag=True, help="End when the decision is recorded.")
    @options.as_json
    @options.with_target
    def decision(**given: Any) -> int:
        from cli.commands.decide import decide

        return decide(kind, **given)


_decision("approve", "Let a job go on that waits for an approval.")
_decision("reject", "Refuse a job that waits for an approval.")
_decision("cancel", "Stop a job, and put back what it has changed.")
_decision("promote", "Give a rollout's new deployment all traffic now.")
_decision("abort", "Send a rollout's traffic back now.")


@command()
@options.job
@options.no_wait
@options.as_json
@options.with_target
def retry(**given: Any) -> int:
    """Try a job again that has ended."""
    from cli.commands.retry import retry as run

    return run(**given)
