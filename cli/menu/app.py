"""Commands about the Sluice app itself."""

# Each command is imported when it runs: identity is slow to import.
# ruff: noqa: PLC0415

from typing import Any

from cli.menu import options
from cli.menu.menu import sluice

command = sluice.section("The app")


@command()
@options.as_json
@options.with_target
def doctor(**given: Any) -> int:
    """Check settings, connections and permissions; show what mends them."""
    from cli.commands.doctor import doctor as run

    return run(**given)
