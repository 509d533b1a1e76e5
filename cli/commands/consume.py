"""`sluice consume ENDPOINT`: how to call an endpoint."""

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import print_json, print_lines


def consume(endpoint: str, language: str, target: Target, *, as_json: bool) -> int:
    """Print address, credential and code in one language; with `as_json` in all of them."""
    shown = Service(target).consume(endpoint)
    if as_json:
        print_json(shown)
        return DONE
    credential = shown["credential"]
    lines = [
        f"{endpoint}: {shown['scoring_uri']}",
        f"  inputs      {shown['swagger_uri']}",
        f"  signs in by {credential['auth_mode']}. {credential['note']}",
    ]
    if target.local:
        lines.append("  key         `sluice invoke` gets it: on the local stack there is no az")
    else:
        lines.append(f"  key         ENDPOINT_KEY=$({credential['command']})")
    print_lines(lines)
    print(f"\n{shown['samples'][language].rstrip()}")
    return DONE
