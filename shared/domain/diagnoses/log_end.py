"""What of a container's log tells why: its last traceback, or its last lines, none without end."""

_LINES = 30
_COLUMNS = 300
# Characters of a log's end that are looked at.
_SEARCHED = 200_000
TRACEBACK = "Traceback (most recent call last)"


def log_end(log: str) -> str:
    """At most 30 lines of at most 300 characters.

    A flow's runtime logs whole answers, prompts and histories as JSON in one line: such lines are
    cut. Where the log has a traceback, it ends with the last one and the little that follows it.
    """
    lines = [line for line in log[-_SEARCHED:].rstrip().splitlines() if line.strip(" ~^")]
    starts = [number for number, line in enumerate(lines) if TRACEBACK in line]
    if starts:
        end = _end_of_traceback(lines, starts[-1])
        shown = lines[starts[-1] : end][-_LINES + 5 :] + lines[end:][-5:]
    else:
        shown = lines[-_LINES:]
    return "\n".join(_cut(line) for line in shown)


def _end_of_traceback(lines: list[str], start: int) -> int:
    """After the line of the exception, the first one that is not indented."""
    for number in range(start + 1, len(lines)):
        if lines[number] and not lines[number][0].isspace():
            return number + 1
    return len(lines)


def _cut(line: str) -> str:
    if len(line) <= _COLUMNS:
        return line
    head, tail = line[: _COLUMNS * 2 // 3], line[5 - _COLUMNS // 3 :]
    return f"{head} ... {tail}"
