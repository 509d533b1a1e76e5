"""Ignore files: patterns that other matchers would never finish, and very many patterns."""

from collections.abc import Iterator

from tests.hostile.case import Case, case, one

_STUBBORN = (
    "*a" * 50,
    "*a" * 49 + "*b",
    "/".join(["**"] * 25) + "/b",
    "/".join(["**", "*a*"] * 12) + "/b",
    "**/" * 20 + "*a*a*a*b",
    "[ab]*" * 50,
    "?*" * 50 + "b",
    "a" * 400,
)
_LONG = "/".join(["a" * 200, *["a"] * 28, "x.txt"])
_REFUSED = {
    "51 stars": "*a" * 51,
    "401 characters": "a" * 401,
    "501 patterns": "a*b\n" * 501,
    "65 KB": "#" * 65 * 1024,
    "2 MB": "#" * 2 * 2**20,
    "a backslash at the end": "a\\",
    "a range backwards": "[z-a]",
    "no pattern": "!",
    "no text": "\x00\udcff",
}


def cases() -> Iterator[Case]:
    for name in (".gitignore", ".amlignore"):
        for number, pattern in enumerate(_STUBBORN, start=1):
            yield case(
                f"{name}: stubborn {number}, {pattern[:24]}",
                one(name, pattern + "\n!say.py", {_LONG: ""}),
                "taken",
            )
    for what, text in _REFUSED.items():
        content = text.encode(errors="surrogateescape")
        yield case(f".gitignore: {what}", one(".gitignore", content))
    yield case(".gitignore: 500 patterns for 1,900 files", _many, "taken")
    yield case(".gitignore: 500 signs in turn", _in_turn, "taken")
    yield case(".gitignore: a folder", lambda: {".gitignore/x": "x"})


def _many() -> dict[str, str]:
    patterns = "\n".join(f"*{n}*b" for n in range(500))
    return {".gitignore": patterns} | {f"{'a' * 60}/{n}.txt": "" for n in range(1_900)}


def _in_turn() -> dict[str, str]:
    patterns = "\n".join(f"{'!' * (n % 2)}*{n}*b" for n in range(500))
    return {".gitignore": patterns} | {f"{'a' * 60}/{n}.txt": "" for n in range(1_900)}
