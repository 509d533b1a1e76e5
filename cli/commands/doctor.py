"""`sluice doctor`: what is wrong with the app and the way to it, and the commands that mend it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from cli.errors import DONE, FAILED, UNREACHABLE, CommandError, WrongKeyError
from cli.management import ARM
from cli.resource_checks import check, check_events, check_queues
from cli.resources import Resources
from cli.service import Service
from cli.sign_in import get_token, make_credential
from cli.target import Target
from cli.text import print_json, print_lines

type Check = Mapping[str, Any]

_TITLES: Final[Mapping[str, str]] = {
    "caller": "This command",
    "settings": "Settings",
    "host": "host.json",
    "connections": "Connections",
    "permissions": "Permissions of Sluice's identity",
    "azure": "Queues and events, as you see them",
}


def doctor(target: Target, *, as_json: bool) -> int:
    """Print what is wrong, with commands. Exit code 1 if something failed, 4 without an answer."""
    signed_in = _signed_in(target)
    app, told = _ask(target)
    checks = [signed_in, app, *told["checks"]]
    # The queues and events of a local stack are no resources of Azure Resource Manager.
    if told["uses"] and signed_in["state"] == "ok" and not target.local:
        checks += _resources(target, told["uses"])
    if as_json:
        print_json({"checks": checks})
    else:
        print_lines(_lines(checks))
    if app["state"] != "ok":
        return UNREACHABLE
    return FAILED if any(it["state"] == "failed" for it in checks) else DONE


def _resources(target: Target, uses: Mapping[str, Any]) -> Iterator[Check]:
    """Look at what whoever is signed in may see, and the app may not."""
    try:
        resources = Resources(target)
        yield from check_queues(resources, uses)
        yield check_events(resources, uses, target)
    except CommandError as wrong:
        yield check("queues and events", "unknown", str(wrong))


def _ask(target: Target) -> tuple[Check, Mapping[str, Any]]:
    """Ask the app about itself; return how that went, and what it answers."""
    nothing: Mapping[str, Any] = {"checks": [], "uses": None}
    try:
        return _check("the app and its function key"), Service(target).doctor()
    except WrongKeyError as wrong:
        return _check("SLUICE_FUNCTION_KEY", "failed", str(wrong), _key_command(target)), nothing
    except CommandError as wrong:
        command = "az functionapp list --query '[].defaultHostName' --output tsv"
        return _check("SLUICE_FUNCTIONS_URL", "failed", str(wrong), command), nothing


def _signed_in(target: Target) -> Check:
    """Only `invoke`, `chat` and storage without a key need it."""
    try:
        get_token(make_credential(target), ARM)
    except CommandError as wrong:
        return _check("sign-in to Azure", "warning", str(wrong), "az login")
    return _check("sign-in to Azure")


def _key_command(target: Target) -> str:
    host = urlsplit(target["functions_url"]).hostname or ""
    group = f"$(az functionapp list --query \"[?defaultHostName=='{host}'].resourceGroup\" -o tsv)"
    keys = f"az functionapp keys list -g {group} -n {host.partition('.')[0]}"
    return f"export SLUICE_FUNCTION_KEY=$({keys} --query functionKeys.default -o tsv)"


def _check(name: str, state: str = "ok", detail: str = "", command: str = "") -> Check:
    return {"area": "caller", "name": name, "state": state, "detail": detail, "command": command}


def _lines(checks: Sequence[Check]) -> Iterator[str]:
    for area, title in _TITLES.items():
        mine = [it for it in checks if it["area"] == area]
        wrong = [it for it in mine if it["state"] != "ok"]
        if mine:
            yield f"{title}: {len(mine) - len(wrong)} of {len(mine)} as they should be"
        for it in wrong:
            yield f"  {it['state']:<10}  {it['name']}: {it['detail']}"
            if it["command"]:
                yield f"              {it['command']}"
    counted = Counter(str(it["state"]) for it in checks if it["state"] != "ok")
    told = ", ".join(f"{count} {state}" for state, count in sorted(counted.items()))
    yield told or "nothing is wrong"
