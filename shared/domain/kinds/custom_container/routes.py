"""Compare the routes of an inference_config with what the image says of its port."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.domain.errors import Finding, Severity
from shared.domain.kinds.custom_container.command import Listening
from shared.domain.kinds.custom_container.dockerfile import Stage
from shared.domain.kinds.scoring_script.asked import Asked

_ROUTES = ("liveness_route", "readiness_route", "scoring_route")
_AT = ("environment", "inference_config")


@dataclass(frozen=True)
class Exposed:
    """A port that the Dockerfile exposes, and where it says so."""

    port: int
    file: str
    line: int


def exposed_ports(stage: Stage) -> tuple[Exposed, ...]:
    """Return the TCP ports of EXPOSE, in order."""
    found = list[Exposed]()
    for each in stage.instructions:
        if each.name == "EXPOSE":
            for word in stage.filled(each.rest).split():
                number, _, protocol = word.partition("/")
                if number.isdecimal() and protocol in {"", "tcp"}:
                    found.append(Exposed(int(number), stage.file, each.line))
    return tuple(found)


def route_findings(
    asked: Asked, exposed: tuple[Exposed, ...], told: Listening | None
) -> Iterator[Finding]:
    """Find ports that differ: of the routes, of EXPOSE, of the start command.

    A route that is missing is found when the manifest is read: all three are required.
    """
    config = asked.environment.get("inference_config")
    ports = _ports(config if isinstance(config, Mapping) else {})
    known = {it.port for it in exposed}
    listens = told.port if told is not None else None
    differ = len(set(ports.values())) > 1
    if differ and not set(ports.values()) <= known:
        named = ", ".join(f"{name} {port}" for name, port in ports.items())
        cause = f"the routes name different ports ({named}), and one server listens on one"
        yield asked.finding_at(_AT, cause, "Write the port of the server in all three")
        return
    for name, port in ports.items():
        if listens is not None and port != listens and port not in known - {listens}:
            cause = f"the port is {port}, and {told.server if told else ''} listens on {listens}"
            yield asked.finding_at((*_AT, name, "port"), cause, f"Write port: {listens}")
        elif known and port not in known:
            severity: Severity = "error" if listens is None else "warning"
            shown = ", ".join(map(str, sorted(known)))
            cause = f"the port is {port}, and the Dockerfile exposes {shown}"
            remedy = "Write the same port in both"
            yield asked.finding_at((*_AT, name, "port"), cause, remedy, severity)
    if not ports and told is not None and listens is not None and known and listens not in known:
        line = exposed[0].line
        cause = f"EXPOSE names {exposed[0].port}, and {told.server} listens on {listens}"
        yield Finding(exposed[0].file, line, cause, f"Write EXPOSE {listens}")


def _ports(config: Mapping[str, object]) -> dict[str, int]:
    found = dict[str, int]()
    for name in _ROUTES:
        route = config.get(name)
        port = route.get("port") if isinstance(route, Mapping) else None
        if isinstance(port, int | str) and str(port).isdecimal():
            found[name] = int(port)
    return found
