"""Translate one pattern of an ignore file into a regular expression that never backtracks.

If a piece of a pattern matches in several places, the first one leaves the most for the rest, so
there is no point in trying the others. Atomic groups and possessive repeats tell the matcher so.
The time is then bounded by the length of the pattern times that of the path.
"""

import re
from collections.abc import Iterator

_END = r"(?=/|\Z)"


def expression_of(pattern: str) -> str:
    """The regular expression that must match at the beginning of a path.

    Raises:
        ValueError: the pattern is invalid; the message says why.
    """
    parts = _parts(pattern)
    chunks = list(_chunks(parts))
    if not chunks:
        return "[^/]*+/" if pattern.endswith("/") else ""
    first, *others = ("/".join(map(_part, chunk)) + _END for chunk in chunks)
    expressions = [_somewhere(first) if parts[0] == "**" else first, *map(_somewhere, others)]
    return "/".join([*expressions, *([""] if parts[-1] == "**" else [])])


def _parts(pattern: str) -> list[str]:
    """Split a pattern at its slashes; `**` stands for any number of folders."""
    parts = pattern.split("/")
    if not pattern:
        raise ValueError("the pattern is empty")
    if not parts[0]:
        del parts[0]
    elif len(parts) == 1 or (len(parts) == 2 and not parts[1]):
        parts.insert(0, "**")
    if not parts[-1]:
        parts[-1] = "**"
    return parts


def _chunks(parts: list[str]) -> Iterator[list[str]]:
    """The groups of parts between one `**` and the next."""
    chunk = list[str]()
    for part in [*parts, "**"]:
        if part != "**":
            chunk.append(part)
        elif chunk:
            yield chunk
            chunk = []


def _somewhere(chunk: str) -> str:
    return f"(?>(?:[^/]++/)*?{chunk})"


def _part(glob: str) -> str:
    """The expression for one part of a path; it is split at each `*`."""
    if glob == "*":
        return "[^/]++"
    pieces, at = [""], 0
    while at < len(glob):
        letter, at = glob[at], at + 1
        if letter == "*":
            pieces.extend([""] if len(pieces) == 1 or pieces[-1] else [])
        elif letter == "?":
            pieces[-1] += "[^/]"
        elif letter == "[":
            end = glob.find("]", at + 1 + (glob[at : at + 1] == "!"))
            pieces[-1] += _set(glob[at:end]) if end > 0 else re.escape(letter)
            at = end + 1 if end > 0 else at
        else:
            if letter == "\\":
                if at == len(glob):
                    raise ValueError("the pattern has a backslash with nothing after it")
                letter, at = glob[at], at + 1
            pieces[-1] += re.escape(letter)
    return _starred(pieces)


def _starred(pieces: list[str]) -> str:
    first, *others = pieces
    if not others:
        return first
    *middle, last = others
    found = "".join(f"(?>[^/]*?{piece})" for piece in middle)
    return first + found + (f"(?>[^/]*{last}{_END})" if last else "[^/]*+")


def _set(bracket: str) -> str:
    """The expression for a bracket: one of its characters, or none of them and no slash."""
    negated = bracket[0] == "!"
    letters, written, at = bracket[negated:], "", 0
    while at < len(letters):
        first = last = letters[at]
        if letters[at + 1 : at + 2] == "-" and at + 2 < len(letters):
            last = letters[at + 2]
            if last < first:
                raise ValueError(f"the range '{first}-{last}' runs backwards")
        written += re.escape(first) + (f"-{re.escape(last)}" if last != first else "")
        at += 3 if last != first or letters[at + 1 : at + 3] == f"-{first}" else 1
    return f"[^/{written}]" if negated else f"(?!/)[{written}]"
