"""Rows of the table: a figure of an older build beside this one's, with what it must reach."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

THIRD: Final = 1 / 3
HALF: Final = 1 / 2


@dataclass(frozen=True)
class Row:
    """One figure of both builds.

    Attributes:
        figure: what was measured.
        older: of the older build; None where it was not measured.
        now: of this checkout.
        unit: of both.
        most: the target: at most this.
        part: the target: at most this part of the older build's.
    """

    figure: str
    older: float | None
    now: float
    unit: str = ""
    most: float | None = None
    part: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.now / self.older if self.older else None

    @property
    def reached(self) -> bool | None:
        """None where there is no target, or nothing to compare with."""
        if self.most is not None:
            return self.now <= self.most
        if self.part is not None and self.ratio is not None:
            return self.ratio <= self.part
        return None

    def cells(self) -> tuple[str, ...]:
        """The row's texts."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        reached = {None: "", True: "yes", False: "no"}[self.reached]
        older = "" if self.older is None else self._text(self.older)
        return self.figure, older, self._text(self.now), ratio, self._target(), reached

    def _text(self, value: float) -> str:
        digits = f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:.2f}"
        return f"{digits} {self.unit}".rstrip()

    def _target(self) -> str:
        if self.most is not None:
            return f"<= {self._text(self.most)}"
        if self.part is None:
            return ""
        return f"<= {self.part:g} x" if self.part >= 1 else f"<= 1/{1 / self.part:.0f}"


def table(rows: Iterable[Row], older: str = "older", now: str = "now") -> Iterator[str]:
    """Yield the lines of a table, in columns; `older` and `now` are the heads of the figures."""
    head = ("figure", older, now, "ratio", "target", "reached")
    lines = [head, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        yield "  ".join([first[0].ljust(first[1]), *(text.rjust(wide) for text, wide in others)])
