"""`sluice retirement`: list the deployments that run a retired image or prompt flow."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import print_json, print_lines


def retirement(target: Target, *, as_json: bool) -> int:
    """Print each such deployment, with what its owner can do."""
    found = Service(target).retirement()
    if as_json:
        print_json(found)
    else:
        print_lines(_lines(found))
    return DONE


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    hit = found["deployments"]
    yield (
        f"{len(hit)} of {found['checked']} deployments run what is retired on "
        f"{found['retires_on']}, in {found['days_left']} days"
    )
    for each in hit:
        yield ""
        origin = "" if each["made_by_sluice"] else "  (not made by Sluice)"
        owner = f"  owner {each['owner']}" if each["owner"] else ""
        yield f"{each['endpoint']}/{each['deployment']}  {each['traffic']} %{owner}{origin}"
        yield f"  runs    {each['runs']}: {each['image'] or each['environment']}"
        yield f"  to do   {each['remedy']}"
