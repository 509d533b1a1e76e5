"""Texts that are not valid names. All are harmless in themselves."""

from collections.abc import Iterator

DOTS = (
    ".",
    "..",
    "...",
    "../x",
    "x/..",
    "a/../b",
    "..%2fx",
    "%2e%2e",
    "..\\x",
    "./x",
    "x/.",
    "/..",
)
ODD: tuple[str, ...] = (
    "\0",
    "\n",
    "\r",
    "\t",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufffe",
    " ",
    "/",
    "\\",
    "%",
    "?",
    "#",
    "&",
)
ODD += (
    ";",
    ":",
    "*",
    "'",
    '"',
    "<",
    "|",
    "{",
    "}",
    "$",
    "~",
    "^",
    "`",
    "=",
    "+",
    "@",
    ",",
    "é",
    "ß",
)
ODD += ("漢", "٣", "🙂", "\uff21", "\u202e", "_", ".")
LENGTHS = (1, 2, 33, 255, 1025, 20_000)


def azure_names() -> Iterator[str]:
    """Yield invalid names of endpoints and deployments."""
    yield from DOTS
    yield from (f"ab{odd}cd" for odd in ODD)
    yield from (f"{odd}abcd" for odd in ODD)
    yield from (f"abcd{odd}" for odd in ODD)
    yield from ("a" * length for length in LENGTHS)
    yield from ("1abc", "-abc", "abc-", "a--b", "null", "none" * 9, "9" * 5_000)[:4]


def paths() -> Iterator[str]:
    """Yield invalid paths of blobs and folders."""
    yield from ("", "/", "//", "a//b.zip", "/a.zip", "a" * 1025, "a/" * 600)
    for dots in (".", ".."):
        yield from (f"{dots}/a.zip", f"a/{dots}/b.zip", f"team-a/{dots}/ledger/x.zip", f"a/{dots}")
    bad = ("\0", "\n", "\r", "\t", "\x7f", "\x85", "\u2028", "\ufffe", "\\")
    yield from (f"team-a/x{odd}y.zip" for odd in bad)
    yield from (f"team-a\\..\\team-b\\{number}.zip" for number in range(3))


def absent() -> Iterator[str]:
    """Yield valid names of things that do not exist."""
    yield from ("nowhere.zip", "team-a/%2e%2e/b.zip", "TEAM-A/x.zip", "é/漢.zip", "a b/c.zip")
