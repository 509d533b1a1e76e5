"""Commands about queues: results, and messages that were given up."""

# Each command is imported when it runs: storage, YAML and identity are slow to import.
# ruff: noqa: PLC0415

from typing import Any

import click

from cli import words
from cli.menu import options
from cli.menu.menu import sluice

command = sluice.section("Queues")


@command()
@click.option("--follow", is_flag=True, help="Go on with each new result, until Ctrl-C.")
@options.as_json
@options.with_target
def results(**given: Any) -> int:
    """Show the queue's results; none is taken from it."""
    from cli.commands.results import results as run

    return run(**given)


@command("dead-letters")
@click.argument("act", type=click.Choice(["list", "replay", "discard"]), default="list")
@click.argument("queue", type=words.queue, required=False)
@click.argument("letter", type=words.letter, required=False, metavar="[ID]")
@options.as_json
@options.with_target
def dead_letters(**given: Any) -> int:
    """List what ended in a dead-letter queue; replay or discard one."""
    from cli.commands.dead_letters import dead_letters as run

    return run(**given)


@command()
@click.argument("queue", type=words.queue)
@click.argument("letter", type=words.letter, metavar="ID")
@options.as_json
@options.with_target
def replay(**given: Any) -> int:
    """Let Sluice take a dead letter again."""
    from cli.commands.dead_letters import dead_letters as run

    return run("replay", **given)
