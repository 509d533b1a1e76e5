"""A terminal of fixed size: what is in its window, and what has scrolled out of it."""

import re

_PIECE = re.compile(r"\x1b\[\??([\d;]*)([A-Za-z])|(.)", re.DOTALL)


class Screen:
    """Understands what Rich writes to draw a list over itself; a file to write to."""

    encoding = "utf-8"

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.lines = [""]
        self._row = 0
        self._column = 0

    @property
    def window(self) -> list[str]:
        """The rows in the window, without the blank ones at its end."""
        return "\n".join(line.rstrip() for line in self.lines[-self.rows :]).rstrip().split("\n")

    @property
    def scrolled_out(self) -> list[str]:
        return [line.rstrip() for line in self.lines[: -self.rows]]

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        pass

    def write(self, text: str) -> int:
        for number, command, letter in _PIECE.findall(text):
            if command:
                self._obey(command, number)
            elif letter == "\r":
                self._column = 0
            elif letter == "\n":
                self._next_row()
            else:
                self._put(letter)
        return len(text)

    def _obey(self, command: str, number: str) -> None:
        if command == "A":
            top = max(len(self.lines) - self.rows, 0)
            self._row = max(self._row - int(number), top)
        elif command == "K":
            assert number == "2", "the whole line"
            self.lines[self._row] = ""
        else:
            assert command in "hlm", f"a command that this screen lacks: {command}"

    def _put(self, letter: str) -> None:
        if self._column == self.columns:
            self._next_row()
        line = self.lines[self._row].ljust(self._column)
        self.lines[self._row] = line[: self._column] + letter + line[self._column + 1 :]
        self._column += 1

    def _next_row(self) -> None:
        self._row += 1
        self._column = 0
        if self._row == len(self.lines):
            self.lines.append("")
