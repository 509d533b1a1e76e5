"""Record the runtime's verdicts on the grid: `python -m tests.flow_grid.record [PREFIX ...]`.

Run it after a change of the grid, the sample requests or the runtime's version. The whole takes a
few minutes; prefixes of names select a part.
"""

import hashlib
import json
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from tests.flow_grid.asking import VENV, ask
from tests.flow_grid.grid import grid

RECORDED = Path(__file__).with_name("verdicts.json")


def recorded() -> dict[str, Any]:
    """Return what `record` wrote last."""
    verdicts: dict[str, Any] = json.loads(RECORDED.read_text())
    return verdicts


def content(name: str) -> str:
    """Return a hash of a folder's content, to check that its recording is current."""
    return hashlib.sha256(json.dumps(grid()[name], sort_keys=True).encode()).hexdigest()[:12]


def version() -> str:
    """Return the version of the runtime in the local stack."""
    site = next((VENV / "lib").glob("python*/site-packages"))
    return next(d.version for d in distributions(path=[str(site)]) if d.name == "promptflow")


def main() -> None:
    prefixes = tuple(sys.argv[1:])
    names = [name for name in grid() if name.startswith(prefixes or ("",))]
    kept = recorded()["verdicts"] if prefixes else {}
    new = {name: {"content": content(name), **verdict} for name, verdict in ask(names).items()}
    verdicts = {name: new.get(name) or kept[name] for name in grid() if name in {*new, *kept}}
    lines = ",\n".join(f"  {json.dumps(n)}: {json.dumps(v)}" for n, v in verdicts.items())
    head = f'"promptflow": {json.dumps(version())}'
    RECORDED.write_text(f'{{\n{head},\n"verdicts": {{\n{lines}\n}}\n}}\n')
    served = sum(verdict["status"] == 200 for verdict in verdicts.values())
    print(f"{len(verdicts)} folders: {served} answer, {len(verdicts) - served} do not")


if __name__ == "__main__":
    main()
