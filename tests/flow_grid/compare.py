"""Compare our reading with the runtime's verdicts: `python -m tests.flow_grid.compare`."""

import tempfile
from collections import Counter
from pathlib import Path

from shared.domain.kinds.prompt_flow import missing_connections
from shared.package import Reading, read
from tests.flow_grid.asking import CONNECTION, VARIABLES
from tests.flow_grid.grid import grid, write
from tests.flow_grid.record import recorded


def reading_of(name: str, top: Path) -> Reading:
    """Read a folder of the grid as Sluice does."""
    folder = top / str(abs(hash(name)))
    write(grid()[name], folder)
    return read(folder)


def refusals(reading: Reading) -> list[str]:
    """Return the errors of check, and of the plan's check of connections.

    The deployment sets the variables that the grid's prompties read.
    """
    missing = missing_connections(reading.content, [CONNECTION]) if reading.content else ()
    unless = reading.content.unless_set if reading.content else {}
    settled = [it for name in VARIABLES for it in unless.get(name, ())]
    found = (each for each in (*reading.findings, *missing) if each not in settled)
    return [each.cause for each in found if each.severity == "error"]


def main() -> None:
    counted = Counter[str]()
    with tempfile.TemporaryDirectory() as top:
        for name, verdict in recorded()["verdicts"].items():
            reading = reading_of(name, Path(top))
            ours = refusals(reading)
            serves = verdict["status"] == 200
            counted[f"{'taken' if not ours else 'refused'}, {'serves' if serves else 'fails'}"] += 1
            if serves != (not ours):
                outcome = verdict["start"] or f"{verdict['status']} {verdict['body']}"
                kind = "TAKEN" if not ours else "REFUSED"
                print(f"{kind:8} {name}: {ours[:2]} | {outcome[-230:]!r} <- {verdict['request']}")
    print(counted)


if __name__ == "__main__":
    main()
