"""Other files that are read: requirements, prompties, tools, notebooks, and secrets."""

import json
from collections.abc import Iterator

from tests.hostile.case import Case, case, one

_REQUIREMENTS = {
    "credentials": "--index-url https://me:s3cr3tt0ken@example.org/simple",
    "SSH": "git+ssh://git@github.com/a/b.git",
    "a path out": "-e ../lib",
    "a file out": "-r ../../../../etc/passwd",
    "a file of the machine": "x @ file:///etc/passwd",
}


def cases() -> Iterator[Case]:
    for what, line in _REQUIREMENTS.items():
        yield case(f"requirements: {what}", one("requirements.txt", line))
    yield case("requirements: over 1 MB", lambda: {"requirements.txt": "x\n" * 2**20})
    yield case(
        "requirements: one line of 900 KB", lambda: {"requirements.txt": "a" * 900_000}, "either"
    )
    yield case(
        "requirements: blanks of 900 KB", lambda: {"requirements.txt": "a" + " " * 900_000}, "taken"
    )
    yield case(
        "requirements: 40,000 URLs",
        lambda: {"requirements.txt": "x @ https://e.org/x\n" * 40_000},
        "taken",
    )
    yield case("requirements: a chain of 1,500", _chain, "either")
    yield case(
        "requirements: lines that go on", lambda: {"requirements.txt": "a\\\n" * 300_000}, "either"
    )
    yield case(
        "prompties: 1,500",
        lambda: {f"p/{n}.prompty": "---\nname: a\n---\n" for n in range(1_500)},
        "taken",
    )
    yield case("prompty: fences alone", lambda: {"a.prompty": "---\n" * 250_000}, "taken")
    yield case(
        "prompty: a bomb",
        lambda: {"a.prompty": "---\na: " + "[" * 60 + "]" * 60 + "\n---\n"},
        "taken",
    )
    yield case("prompty: no fence", lambda: {"a.prompty": "x" * 900_000}, "taken")
    yield case("tools: no JSON", lambda: {_TOOLS: "{"}, "taken")
    yield case("tools: 3,000 deep", lambda: {_TOOLS: "[" * 3_000 + "]" * 3_000}, "taken")
    yield case("tools: a list", lambda: {_TOOLS: "[1]"}, "taken")
    yield case(
        "tools: 900 KB",
        lambda: {_TOOLS: json.dumps({"package": dict.fromkeys(map(str, range(60_000)), 1)})},
        "taken",
    )
    yield case(
        "tools: odd types",
        lambda: {_TOOLS: '{"code": {"say.py": {"inputs": {"question": {"type": [1]}}}}}'},
        "taken",
    )
    yield case(
        "notebooks: 500",
        lambda: {f"{n}.ipynb": _notebook("x" * 1_000) for n in range(500)},
        "taken",
    )
    yield case(
        "notebook: outputs of 900 KB", lambda: {"a.ipynb": _notebook("key=" * 220_000)}, "taken"
    )
    yield case(
        "notebook: 90,000 outputs", lambda: {"a.ipynb": _notebook(*["a: b"] * 90_000)}, "taken"
    )
    yield case(
        "notebook: 3,000 deep",
        lambda: {"a.ipynb": '{"cells": ' + "[" * 3_000 + "]" * 3_000 + "}"},
        "taken",
    )
    yield case("secrets: 1,500", lambda: {f"s/{n}.env": "A=1" for n in range(1_500)}, "taken")
    yield case("secrets: a key of 1 MB", lambda: {"a.pem": "-" * 900_000}, "taken")


_TOOLS = ".promptflow/flow.tools.json"


def _chain() -> dict[str, str]:
    files = {f"r{n}.txt": f"-r r{n + 1}.txt\nx=={n}\n" for n in range(1_500)}
    return files | {"requirements.txt": "-r r0.txt\n"}


def _notebook(*outputs: str) -> str:
    cell = {"cell_type": "code", "outputs": [{"text": list(outputs)}]}
    return json.dumps({"cells": [cell]})
