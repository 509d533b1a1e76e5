"""`sluice metrics ENDPOINT`: requests, latencies and tokens of an endpoint."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import moment, print_json, print_lines, table


def metrics(endpoint: str, minutes: int, target: Target, *, as_json: bool) -> int:
    """Print a line for each figure of the last minutes, and what is missing."""
    shown = Service(target).metrics(endpoint, minutes)
    if as_json:
        print_json(shown)
        return DONE
    print_lines([f"{endpoint}: {moment(shown['since'])} to {moment(shown['until'])}"])
    monitor = shown["monitor"]
    rows = [
        *_rows(endpoint, monitor["endpoint"]),
        *(row for name, found in monitor["deployments"].items() for row in _rows(name, found)),
        *_rows("the flow", shown["flow"]["metrics"]),
    ]
    if rows:
        print_lines(f"  {line}" for line in table(rows))
    else:
        print("  no figures in this time")
    print_lines(f"  note        {note}" for note in shown["notes"])
    return DONE


def _rows(whose: str, found: list[Mapping[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    for metric in found:
        for figure in metric["figures"]:
            amount = f"{float(figure['value']):,.6g} {metric['unit']}"
            of = " ".join(
                f"{name}={value}" for name, value in figure["dimensions"].items() if value
            )
            yield whose, metric["name"], f"{amount} ({metric['summing']})", of
