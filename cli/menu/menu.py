"""The list of commands, in sections."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cli.errors import EXIT_CODES


class Menu(click.Group):
    """A group of commands whose help lists them by section.

    Args:
        sections: their titles, in order.
        settings: of the group.
    """

    def __init__(self, *, sections: Sequence[str], **settings: Any) -> None:
        super().__init__(**settings)
        self._sections: dict[str, list[str]] = {title: [] for title in sections}

    def section(self, title: str) -> Callable[..., Callable[[Callable[..., int]], click.Command]]:
        """Return the decorator that adds a command to this section; it takes what click's takes."""

        def command(*names: str, **settings: Any) -> Callable[[Callable[..., int]], click.Command]:
            def add(run: Callable[..., int]) -> click.Command:
                made = self.command(*names, **settings)(run)
                self._sections[title].append(str(made.name))
                return made

            return add

        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with its commands in the order in which they were added."""
        width = max(map(len, self.commands))
        for title, names in self._sections.items():
            with formatter.section(title):
                helps = (self.commands[it].get_short_help_str(200) for it in names)
                formatter.write_dl([*zip((it.ljust(width) for it in names), helps, strict=True)])


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        import tomllib  # noqa: PLC0415 - only this option needs it

        project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
        click.echo(f"sluice {tomllib.loads(project)['project']['version']}")
        context.exit()


@click.group(
    cls=Menu,
    sections=("Flows", "Jobs", "Endpoints", "Queues", "The app", "This machine"),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"Exit codes: {EXIT_CODES}.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
def sluice() -> None:
    """Drop a prompt flow, get an answering endpoint."""
