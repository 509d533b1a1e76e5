"""YAML: bombs and odd things, in the flow file and in each manifest."""

from collections.abc import Callable, Iterator, Mapping

from tests.hostile.case import Case, case, made

_FILES = ("flow.dag.yaml", "deploy.yaml", "endpoint.yaml", "deployment.yaml", "model.yaml")


def _aliases() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    return "\n".join(lines)


def _merges() -> str:
    lines = ["a0: &a0 {k: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: 1}}" for n in range(1, 40)]
    return "\n".join(lines)


def _wide_merges() -> str:
    base = ", ".join(f"k{n}: 1" for n in range(2_000))
    return f"b: &b {{{base}}}\n" + "\n".join(f"m{n}: {{<<: *b}}" for n in range(200))


_BOMBS: Mapping[str, Callable[[], str | bytes]] = {
    "aliases of aliases": _aliases,
    "merges of merges": _merges,
    "wide merges": _wide_merges,
    "51 deep": lambda: "a: " + "[" * 51 + "]" * 51,
    "5,000 deep": lambda: "a: " + "[" * 5_000,
    "100,001 nodes": lambda: "a: [" + "1," * 100_001 + "]",
    "a number of 101 digits": lambda: "a: " + "1" * 101,
    "a tag of Python": lambda: "a: !!python/object/apply:os.getcwd []",
    "a key twice": lambda: "a: 1\na: 2",
    "an alias of itself": lambda: "a: &a [*a]",
    "two documents": lambda: "a: 1\n---\nb: 2",
    "a list as a key": lambda: "? [a, b]\n: 1",
    "no UTF-8": lambda: b"a: caf\xe9",
    "over 1 MB": lambda: "a: " + "x" * 2**20,
    "a control character": lambda: "a: \x07",
    "many anchors": lambda: "\n".join(f"k{n}: &a{n} 1" for n in range(20_000)),
    "a key of 500 KB": lambda: "k" * 500_000 + ": 1",
    "text alone": lambda: "hello",
}


def cases() -> Iterator[Case]:
    for what, make in _BOMBS.items():
        for file in _FILES if what != "many anchors" else _FILES[1:]:
            yield case(f"{file}: {what}", made(file, make))
