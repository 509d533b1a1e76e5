"""Arguments and options that several commands share."""

import os
from pathlib import Path

import click

from cli import words
from cli.target import find_target

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
with_target = click.option(
    "--stack",
    "target",
    type=words.path,
    metavar="FILE",
    callback=lambda _context, _option, stack: find_target(stack, os.environ, Path.cwd()),
    help="A stack.json, instead of the one found.",
)
reason = click.option("--reason", type=words.reason, metavar="TEXT", help="Kept and shown.")
no_wait = click.option("--no-wait", is_flag=True, help="End when the job is accepted.")
endpoint = click.argument("endpoint", type=words.endpoint)
job = click.argument("job", type=words.job)
