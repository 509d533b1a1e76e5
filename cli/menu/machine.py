"""Commands about this machine: the local stack."""

# Each command is imported when it runs: a stack takes seconds to import.
# ruff: noqa: PLC0415

import click

from cli.menu.menu import sluice

command = sluice.section("This machine")


@command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS]")
def up(options: tuple[str, ...]) -> int:
    """Run the local stack until Ctrl-C."""
    from cli.commands.up import up as run

    return run(options)
