"""`sluice` commands that must exit with 2 and change nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.hostile.bodies import unreadable
from tests.hostile.texts import azure_names, paths

COMMANDS = (
    ("show", "{}"),
    ("show", "{}", "--json"),
    ("delete", "{}", "--yes"),
    ("delete", "{}", "--yes", "--json"),
    ("delete", "{}", "--yes", "--force"),
    ("delete", "{}", "--yes", "--deployment", "blue"),
    ("delete", "hello", "--yes", "--deployment", "{}"),
    ("delete", "hello", "--yes", "--force", "--deployment={}"),
    ("invoke", "{}", "{{}}"),
    ("watch", "{}"),
    ("watch", "{}", "--json"),
)
ASKS_THE_STACK = (
    ("endpoints",),
    ("show", "hello"),
    ("delete", "hello", "--yes"),
    ("invoke", "hello", "{}"),
    ("watch", "j1"),
    ("drop", "samples/hello"),
)
OPTIONS = ("--x", "-x", "--", "-", "--yes", "--json=1", "--stack", "--no-such=1", "-1", "@file")
LONE = ("\udcff", "ab\udcffcd", "\ud800x", "x\udfff")


@dataclass(frozen=True)
class Typed:
    """One command: its arguments, its standard input, and the files that the arguments name."""

    kind: str
    words: tuple[str, ...]
    typed: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)


def commands() -> Iterator[Typed]:
    """Yield more than 2,000 commands. The endpoint `hello` exists; no other name does."""
    yield from _names()
    yield from _usage()
    for path in paths():
        yield _typed("drop", "samples/hello", "--as", path)
    for path in (*(it for it in paths() if it.strip("/")), *LONE, "\0", "a" * 20_000, "no/where"):
        yield _typed("check", f"nowhere/{path}")
        yield _typed("drop", f"nowhere/{path}", "--as", "hello")
    for body in unreadable():
        if not body.startswith(b'{"source": {"blob"'):  # an endpoint may be asked that
            yield _typed("invoke", "hello", body.decode("utf-8", "surrogateescape"))
        for words in ASKS_THE_STACK:
            wrong = (*words, "--stack", "wrong.json")
            yield Typed(f"{words[0]} --stack FILE", wrong, files={"wrong.json": body})


def _names() -> Iterator[Typed]:
    for command in COMMANDS:
        kind = " ".join(command)
        for name in (*azure_names(), "", "  ", *LONE, *OPTIONS, "no-such", "NO-SUCH"):
            yield Typed(kind, tuple(it.format(name) for it in command))


def _usage() -> Iterator[Typed]:
    for words in ((), ("",), ("..",), ("--x",), ("Delete", "hello", "--yes"), ("DELETE", "hello")):
        yield _typed(*words)
    for answer in ("", "y\n", "yes\n", "\0", "y" * 20_000):
        yield Typed("delete, nobody to ask", ("delete", "hello"), answer)
        yield Typed("delete, nobody to ask", ("delete", "HELLO", "--force"), answer)
    for words in ASKS_THE_STACK:
        yield _typed(*words, "one-too-many", "--x")
        yield _typed(*words, "--stack", "")
        yield _typed(*words, "--stack", "no/where.json")
        yield _typed(*words, "--stack", "a" * 20_000)


def _typed(*words: str) -> Typed:
    return Typed(words[0] if words else "nothing", words)
