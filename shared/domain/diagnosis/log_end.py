"""Cut a container's log to its last traceback or its last lines."""

_LINES = 30
_COLUMNS = 300
# Lines that are kept of the exception that began a chain.
_ROOT = 8
# Characters that are searched, from the end of a log.
_SEARCHED = 200_000
TRACEBACK = "Traceback (most recent call last)"
_CHAINED = (
    "During handling of the above exception, another exception occurred",
    "The above exception was the direct cause of the following exception",
)


def log_end(log: str) -> str:
    """Return at most 30 lines of at most 300 characters.

    A flow's runtime logs whole answers, prompts and histories as JSON in one line: such lines are
    cut. If the log has a traceback, the result is the last one and up to 5 lines after it; if that
    is part of a chain of exceptions, the end of the first one comes before it.
    """
    lines = [line for line in log[-_SEARCHED:].rstrip().splitlines() if line.strip(" ~^")]
    starts = [number for number, line in enumerate(lines) if TRACEBACK in line]
    if starts:
        end = _end_of_traceback(lines, starts[-1])
        root = _root(lines, starts)
        shown = lines[starts[-1] : end][-_LINES + 5 + len(root) :] + lines[end:][-5:]
        shown = root + shown
    else:
        shown = lines[-_LINES:]
    return "\n".join(_cut(line) for line in shown)


def _root(lines: list[str], starts: list[int]) -> list[str]:
    """Return the end of the traceback that began the last chain of exceptions."""
    first = len(starts) - 1
    while first and _passes_on(lines[starts[first - 1] : starts[first]]):
        first -= 1
    if first == len(starts) - 1:
        return []
    return lines[starts[first] : _end_of_traceback(lines, starts[first])][-_ROOT:]


def _passes_on(between: list[str]) -> bool:
    return any(words in line for line in between for words in _CHAINED)


def _end_of_traceback(lines: list[str], start: int) -> int:
    """Return the index after the exception's line, the first that is not indented."""
    for number in range(start + 1, len(lines)):
        if lines[number] and not lines[number][0].isspace():
            return number + 1
    return len(lines)


def _cut(line: str) -> str:
    if len(line) <= _COLUMNS:
        return line
    head, tail = line[: _COLUMNS * 2 // 3], line[5 - _COLUMNS // 3 :]
    return f"{head} ... {tail}"
