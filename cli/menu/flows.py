"""Commands about a flow: drop, plan, check."""

# Each command is imported when it runs: storage, YAML and identity are slow to import.
# ruff: noqa: PLC0415

from typing import Any

import click

from cli import words
from cli.menu import options
from cli.menu.menu import sluice

command = sluice.section("Flows")


@command()
@click.argument("path", type=words.path)
@click.option("--as", "blob", type=words.blob, metavar="NAME", help="Drop it as NAME.")
@options.no_wait
@click.option("--no-check", is_flag=True, help="Upload it whatever is wrong with it.")
@click.option("--force", is_flag=True, help="Also content that failed a rollout's gate.")
@options.as_json
@options.with_target
def drop(**given: Any) -> int:
    """Deploy a flow's folder or zip, and follow its job."""
    from cli.commands.drop import drop as run

    return run(**given)


@command()
@click.argument("path", type=words.path, required=False)
@click.option("--as", "name", type=words.blob, metavar="NAME", help="As if dropped as NAME.")
@click.option("--blob", metavar="BLOB", help="A zip in the flows container.")
@click.option("--folder", metavar="FOLDER", help="A folder in the flows container.")
@click.option("--run", metavar="RUN", help="A prompt flow run of the workspace.")
@click.option("--endpoint", type=words.endpoint, help="An endpoint's earlier revision.")
@click.option("--revision", metavar="DIGEST", help="With --endpoint: current, previous, a digest.")
@options.as_json
@options.with_target
def plan(**given: Any) -> int:
    """Show what a deployment would do; nothing is written."""
    from cli.commands.plan import plan as run

    return run(**given)


@command()
@click.argument("path", type=words.path)
@click.option("--run", is_flag=True, help="Start its server here, and ask it the sample.")
@click.option(
    "--index",
    envvar="PACKAGE_INDEX_URL",
    metavar="URL",
    help="Resolve its requirements against this package index.",
)
@options.as_json
def check(**given: Any) -> int:
    """Report what is wrong with a flow; nothing needs to run."""
    from cli.commands.check import check as run

    return run(**given)
