"""`sluice endpoints`: list the workspace's endpoints."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import print_json, print_lines, table


def endpoints(target: Target, *, as_json: bool) -> int:
    """Print one line for each endpoint of the workspace."""
    found = Service(target).endpoints()
    if as_json:
        print_json({"endpoints": found})
        return DONE
    rows = [
        (
            str(it["name"]),
            str(it["state"]),
            _traffic(it["traffic"]),
            "  ".join(_marks(it)),
        )
        for it in found
    ]
    print_lines(table(rows) if rows else ["no endpoints; `sluice drop PATH` makes one"])
    return DONE


def _marks(endpoint: Mapping[str, Any]) -> Iterator[str]:
    if endpoint.get("hold"):
        yield "held"
    if not endpoint["made_by_sluice"]:
        yield "(not made by Sluice)"


def _traffic(traffic: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {share} %" for name, share in traffic.items()) or "no traffic"
