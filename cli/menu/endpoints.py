"""Commands about endpoints: look at them, call them, change them."""

# Each command is imported when it runs: storage, YAML and identity are slow to import.
# ruff: noqa: PLC0415

from typing import Any

import click

from cli import words
from cli.menu import options
from cli.menu.menu import sluice

command = sluice.section("Endpoints")


@command()
@options.as_json
@options.with_target
def endpoints(**given: Any) -> int:
    """List the workspace's endpoints."""
    from cli.commands.endpoints import endpoints as run

    return run(**given)


@command()
@options.endpoint
@options.as_json
@options.with_target
def endpoint(**given: Any) -> int:
    """Show one endpoint: jobs, drift, deployments, revisions."""
    from cli.commands.endpoint import endpoint as run

    return run(**given)


sluice.add_command(endpoint, "show")  # its earlier name


# A question may be a negative number, which looks like an option.
@command(context_settings={"ignore_unknown_options": True})
@options.endpoint
@click.argument("question", type=words.question, metavar="JSON|@FILE|-")
@options.with_target
def invoke(**given: Any) -> int:
    """Ask an endpoint, with its own key or a token."""
    from cli.commands.invoke import invoke as run

    return run(**given)


@command()
@options.endpoint
@options.with_target
def chat(**given: Any) -> int:
    """Talk with an endpoint whose flow is a chat."""
    from cli.commands.chat import chat as run

    return run(**given)


@command()
@options.endpoint
@click.option(
    "--language",
    type=click.Choice(["curl", "python", "csharp", "javascript"]),
    default="curl",
    help="Of the code.",
)
@options.as_json
@options.with_target
def consume(**given: Any) -> int:
    """Show how to call an endpoint, with code."""
    from cli.commands.consume import consume as run

    return run(**given)


@command()
@options.endpoint
@click.option("--minutes", type=click.IntRange(1, 43_200), default=60, help="Of the past; 60.")
@options.as_json
@options.with_target
def metrics(**given: Any) -> int:
    """Show an endpoint's requests, latencies and tokens."""
    from cli.commands.metrics import metrics as run

    return run(**given)


@command()
@options.endpoint
@click.option(
    "--revision",
    type=words.revision,
    default="current",
    metavar="DIGEST",
    help="current, previous, or the first six or more digits of a digest.",
)
@click.option("--force", is_flag=True, help="Also content that failed a rollout's gate.")
@options.no_wait
@options.as_json
@options.with_target
def redeploy(**given: Any) -> int:
    """Deploy a revision again that the endpoint has or had."""
    from cli.commands.redeploy import redeploy as run

    return run(**given)


@command()
@options.endpoint
@options.reason
@options.as_json
@options.with_target
def rollback(**given: Any) -> int:
    """Put the previous release back, and hold the endpoint there."""
    from cli.commands.rollback import rollback as run

    return run(**given)


@command()
@options.endpoint
@options.as_json
@options.with_target
def resume(**given: Any) -> int:
    """End an endpoint's hold: what was dropped last goes on."""
    from cli.commands.rollback import resume as run

    return run(**given)


@command()
@options.endpoint
@click.option(
    "--deployment",
    type=words.deployment,
    metavar="NAME",
    help="Delete only this deployment, which must have no traffic.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Also delete what Sluice did not make.")
@options.as_json
@options.with_target
def delete(**given: Any) -> int:
    """Delete an endpoint."""
    from cli.commands.delete import delete as run

    return run(**given)


@command()
@options.as_json
@options.with_target
def retirement(**given: Any) -> int:
    """List the deployments that run a retired image or prompt flow."""
    from cli.commands.retirement import retirement as run

    return run(**given)
