"""Compare our reading of az ml fields with azure-ai-ml: `python -m tests.az_ml_grid.compare`."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from tests.az_ml_grid.differences import reason
from tests.az_ml_grid.fields import DEPLOYMENT, ENDPOINT, cases
from tests.az_ml_grid.folder import file_of, write_folder
from tests.az_ml_grid.ours import sent_by_us
from tests.az_ml_grid.sent import Sent
from tests.az_ml_grid.theirs import sent_by_az_ml

type Outcome = Literal["same", "both refuse", "taken", "refused", "other"]
"""`taken`: only Sluice accepts it; `refused`: only az ml does; `other`: different bodies."""


@dataclass(frozen=True)
class Both:
    """Both readings of one file: the body sent, or the refusal."""

    ours: Sent | str
    theirs: Sent | str


@dataclass(frozen=True)
class Compared(Both):
    """Both readings of one case. `minimal`: those of the minimal file, which shows the defaults.

    `warnings`: Sluice's warnings about the case.
    """

    name: str
    minimal: Both
    warnings: tuple[str, ...]

    @cached_property
    def outcome(self) -> Outcome:
        """Return how the two readings compare."""
        if isinstance(self.ours, str):
            return "both refuse" if isinstance(self.theirs, str) else "refused"
        if isinstance(self.theirs, str):
            return "taken"
        return "other" if self.apart else "same"

    @property
    def apart(self) -> dict[str, tuple[object, object]]:
        """Return the differing fields of each body, without defaults."""
        ours, theirs = self.ours, self.theirs
        if isinstance(ours, str) or isinstance(theirs, str):
            return {}
        both = {name: (ours.get(name), theirs.get(name)) for name in {**ours, **theirs}}
        return {name: it for name, it in both.items() if it[0] != it[1] and it != self._usual(name)}

    def _usual(self, name: str) -> tuple[object, object]:
        ours, theirs = self.minimal.ours, self.minimal.theirs
        assert not isinstance(ours, str), ours
        assert not isinstance(theirs, str), theirs
        return ours.get(name), theirs.get(name)


def compared(root: Path) -> Iterator[Compared]:
    """Read every case of the grid with both, each in a separate folder."""
    write_folder(root)
    for kind, fields in (("endpoint", ENDPOINT), ("deployment", DEPLOYMENT)):
        file = root / f"{kind}.yaml"
        file.write_text(file_of(kind, "$schema: ''"), encoding="utf-8")
        minimal = Both(sent_by_us(kind, root)[0], sent_by_az_ml(kind, file))
        for name, line in cases(fields):
            file.write_text(file_of(kind, line), encoding="utf-8")
            ours, reading = sent_by_us(kind, root)
            warned = tuple(it.cause for it in reading.findings if it.severity == "warning")
            theirs = sent_by_az_ml(kind, file)
            yield Compared(ours, theirs, f"{kind}: {name}", minimal, warned)
        file.unlink()


def main() -> None:
    counted = Counter[str]()
    with tempfile.TemporaryDirectory() as top:
        for case in compared(Path(top)):
            counted[case.outcome] += 1
            if case.outcome in {"same", "both refuse"}:
                continue
            why = reason(case.name, case.outcome)
            counted["listed" if why else "silent"] += 1
            if why is None:
                detail = case.apart or (case.ours if case.outcome == "refused" else case.theirs)
                print(f"{case.outcome:8} {case.name}: {' '.join(str(detail).split())[:230]}")
    print(f"cases {sum(counted[it] for it in Outcome.__value__.__args__)}: {dict(counted)}")


if __name__ == "__main__":
    main()
