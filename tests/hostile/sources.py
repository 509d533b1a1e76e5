"""Python sources: dense, deep, wide and very many. None of them is ever run."""

from collections.abc import Callable, Iterator, Mapping

from tests.fakes.world import CODE
from tests.hostile.case import Case, case, made

_KB = 1024


def _filled(unit: str, size: int = 250 * _KB) -> str:
    return CODE + unit * (size // len(unit))


_TAKEN: Mapping[str, Callable[[], str]] = {
    "250 KB of comments": lambda: _filled("# x\n"),
    "250 KB of functions": lambda: _filled("def f(a: int = 1) -> str:\n    return g(a)\n\n"),
    "4,000 imports": lambda: CODE + "".join(f"import a{n} as b{n}\n" for n in range(4_000)),
    "a text of 250 KB": lambda: CODE + f"t = '{'x' * 250_000}'\n",
    "2,000 tools inside functions": lambda: CODE + "def f():\n" + "  def g(): ...\n" * 2_000,
}
_EITHER: Mapping[str, Callable[[], str]] = {
    "250 KB of names": lambda: _filled("a\n"),
    "250 KB of numbers in a list": lambda: CODE + "l = [" + "1," * 125_000 + "]\n",
    "a sum of 60,000": lambda: CODE + "s = a" + "+a" * 60_000 + "\n",
    "a chain of 60,000 attributes": lambda: CODE + "s = a" + ".a" * 60_000 + "\n",
    "10,000 decorators": lambda: CODE + "@a.b.c.d\n" * 10_000 + "def f(): ...\n",
    "decorators of decorators": lambda: CODE + ("@a(b(c(d)))\n" * 20 + "def f(): ...\n") * 800,
    "an annotation of 200 KB": lambda: CODE + f"def f(a: '{'x ' * 100_000}'): ...\n",
    "20,000 parameters": lambda: CODE.replace("question: str", "question: str, *" + _parameters()),
    "a default of 100,000 items": lambda: CODE.replace(
        "question: str", f"question=[{'1,' * 100_000}]"
    ),
    "80 functions inside each other": lambda: CODE + _inside(80),
    "5,000 classes with tools": lambda: CODE + "class C:\n  @tool\n  def f(self): ...\n" * 5_000,
    "an f-string of 100 KB": lambda: CODE + "t = f'" + "{a}" * 33_000 + "'\n",
    "90 brackets deep": lambda: CODE + "t = " + "[" * 90 + "]" * 90 + "\n",
    "500 brackets deep": lambda: CODE + "t = " + "[" * 500 + "]" * 500 + "\n",
    "a long match": lambda: CODE + "match a:\n" + " case 1: ...\n" * 15_000,
}
_REFUSED: Mapping[str, Callable[[], str]] = {
    "over 256 KB": lambda: _filled("# x\n", 257 * _KB),
    "a syntax error": lambda: "def f(:\n",
    "a zero byte": lambda: CODE + "\0",
    "101 indents": lambda: CODE + _inside(101),
    "no tool": lambda: "def f(): ...\n",
    "two tools": lambda: CODE + CODE.replace("def say", "def talk"),
}


def _parameters() -> str:
    return ", ".join(f"p{n}: str = 'x'" for n in range(12_000))


def _inside(depth: int) -> str:
    return "".join(f"{' ' * n}def f{n}():\n" for n in range(depth)) + " " * depth + "pass\n"


def cases() -> Iterator[Case]:
    for what, make in _TAKEN.items():
        yield case(f"source: {what}", made("say.py", make), "taken")
    for what, make in _EITHER.items():
        yield case(f"source: {what}", made("say.py", make), "either")
    for what, make in _REFUSED.items():
        yield case(f"source: {what}", made("say.py", make))
    yield case(
        "sources: five of 1 MB", lambda: {f"{n}.py": "a\n" * 2**19 for n in range(5)}, "either"
    )
    yield case("sources: twenty of 250 KB", lambda: _many(20, "a\n" * 125_000), "either")
    yield case("sources: 1,900 small ones", lambda: _many(1_900, "def f(): ...\n"), "taken")
    yield case("sources: 1,900 with errors", lambda: _many(1_900, "def f(:\n"), "taken")


def _many(count: int, text: str) -> dict[str, str]:
    return {f"more/m{n}.py": text for n in range(count)}
