"""Invalid bodies: not JSON, too large, too deep, or of the wrong shape."""

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.texts import absent, azure_names, paths

WRONG_VALUES: tuple[Any, ...] = (0, 1.5, True, [], {}, ["a"], {"a": 1}, 10**200)


def unreadable() -> Iterator[bytes]:
    """Yield bodies that are not valid JSON."""
    yield from (b"", b"no json", b"{", b"\xff\xfe\xfa", b'{"source": NaN}', b"\xc3\x28", b"\0")
    yield b"1" * 5_000
    yield b"[" * 300 + b"]" * 300
    yield b'{"source":' * 300 + b"1" + b"}" * 300
    yield b'{"source": {"blob": "a.zip", "blob": "b.zip"}}'
    yield b'{"source": {"blob": "a.zip"}, "source": {"blob": "b.zip"}}'
    yield rb'{"source": {"blob": "a\ud800.zip"}}'
    yield rb'{"source": {"blob": "a.zip"}, "manifest": {"a\u0000": 1}}'
    yield b'{"source": {"blob": "a.zip"}, "manifest": {"n": ' + b"9" * 5_000 + b"}}"
    yield b'{"source": {"blob": "' + b"a" * 300_000 + b'"}}'
    yield b" " * 10_000_000


def misshapen() -> Iterator[bytes]:
    """Yield JSON of the wrong shape, or with an unknown name."""
    shapes: list[Any] = [None, *WRONG_VALUES, {"source": None}, {"source": {}}, {"sauce": {}}]
    for field in ("blob", "folder", "run", "endpoint"):
        values: tuple[Any, ...] = (None, *WRONG_VALUES)
        shapes += [{"source": {field: value}} for value in values]
    good = {"endpoint": "hello"}
    revisions: tuple[Any, ...] = (None, "", "zz", "../x", 7)
    shapes += [{"source": {**good, "revision": it}} for it in revisions]
    shapes += [{"source": {**good, "blob": "a.zip"}}, {"source": {**good, "more": 1}}]
    manifests: tuple[Any, ...] = (1, "x", [], True)
    shapes += [{"source": {"blob": "a.zip"}, "manifest": it} for it in manifests]
    shapes += [{"source": {"blob": path}} for path in (*paths(), *absent())]
    shapes += [{"source": {"folder": path}} for path in paths() if path.strip("/") != "a.zip"]
    shapes += [{"source": {"endpoint": name}} for name in azure_names()]
    shapes += [{"source": {"run": name}} for name in (*paths(), "..", "-x")]
    return iter([json.dumps(it).encode() for it in shapes])
