"""Tell from a start command where its server listens, as far as the words say."""

import ast
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename

from shared.domain.kinds.custom_container.dockerfile import Stage, filled


@dataclass(frozen=True)
class Listening:
    """Where a server listens; None for what is not told. `file`, `line`: where that is said."""

    host: str | None = None
    port: int | None = None
    server: str = ""
    file: str = ""
    line: int | None = None


@dataclass(frozen=True)
class _Server:
    """A server's options, and where it listens without them. `variables`: host and port."""

    hosts: tuple[str, ...]
    ports: tuple[str, ...]
    binds: tuple[str, ...]
    default: tuple[str, int]
    variables: tuple[str, str] = ("", "")


_SERVERS = {
    "uvicorn": _Server(
        ("--host",), ("--port",), (), ("127.0.0.1", 8000), ("UVICORN_HOST", "UVICORN_PORT")
    ),
    "gunicorn": _Server((), (), ("-b", "--bind"), ("127.0.0.1", 8000)),
    "hypercorn": _Server((), (), ("-b", "--bind"), ("127.0.0.1", 8000)),
    "flask": _Server(
        ("--host", "-h"),
        ("--port", "-p"),
        (),
        ("127.0.0.1", 5000),
        ("FLASK_RUN_HOST", "FLASK_RUN_PORT"),
    ),
    "fastapi": _Server(("--host",), ("--port",), (), ("0.0.0.0", 8000)),
    "waitress-serve": _Server(
        ("--host",),
        ("--port",),
        ("--listen",),
        ("0.0.0.0", 8080),
    ),
}
_RUN_ON = frozenset({"uvicorn", "app", "application", "server"})
"""Names whose `run` starts a server."""
_NOT_TOLD = frozenset({"-c", "--config", "--fd", "--uds", "--unix-socket"})
"""Options that place the rest elsewhere."""


def start_words(stage: Stage, variables: Mapping[str, str]) -> list[str]:
    """Return the words that start the container, without a shell around them."""
    entry, command = stage.last("ENTRYPOINT"), stage.last("CMD")
    words = list[str]()
    for each in (entry, command):
        if each is None or (each is command and entry is not None and entry.listed is None):
            continue
        words += each.listed if each.listed is not None else ["sh", "-c", each.rest]
    if len(words) > 2 and basename(words[0]) in {"sh", "bash"} and words[1] in {"-c", "-lc"}:
        last = filled(words[2], variables).replace("&&", ";").rpartition(";")[2]
        try:
            words = shlex.split(last)
        except ValueError:
            return []
    return words[1:] if words[:1] == ["exec"] else words


def listening(
    words: list[str], variables: Mapping[str, str], place: tuple[str, int]
) -> Listening | None:
    """Return where the server of these words listens; None if they start none that is known.

    `place`: file and line of the words.
    """
    if words and basename(words[0]).startswith("python") and words[1:2] == ["-m"]:
        words = words[2:]
    name = basename(words[0]) if words else ""
    if name not in _SERVERS or _NOT_TOLD & {it.partition("=")[0] for it in words[1:]}:
        return None
    host, port = _by_default(name, words, variables)
    if name == "gunicorn":
        words = [*shlex.split(variables.get("GUNICORN_CMD_ARGS", "")), *words]
    server = _SERVERS[name]
    for option, value in _options(words):
        if option in server.hosts:
            host = value
        elif option in server.ports:
            port = _number(value)
        elif option in server.binds:
            host, _, number = value.removeprefix("tcp://").rpartition(":")
            port = _number(number)
    return Listening(host, port, name, *place)


def _by_default(
    name: str, words: list[str], variables: Mapping[str, str]
) -> tuple[str, int | None]:
    """Where a server listens without options; `PORT` is gunicorn's own variable, too."""
    server = _SERVERS[name]
    host, port = server.default
    if name == "gunicorn" and "PORT" in variables:
        return "", _number(variables["PORT"])
    if name == "fastapi" and words[1:2] == ["dev"]:
        host = "127.0.0.1"
    host_variable, port_variable = server.variables
    told = variables.get(port_variable)
    return variables.get(host_variable, host), port if told is None else _number(told)


def listening_in(tree: ast.Module, file: str) -> Listening | None:
    """Return where a Python program listens, by its call of uvicorn.run or of Flask's run."""
    flask = any(
        isinstance(it, ast.ImportFrom | ast.Import) and "flask" in ast.dump(it)
        for it in ast.walk(tree)
    )
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        on = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if node.func.attr != "run" or on not in _RUN_ON:
            continue
        given = {it.arg: it.value for it in node.keywords}
        if None in given or (on != "uvicorn" and not flask and "host" not in given):
            continue
        by_default = ("127.0.0.1", 5000 if flask and on != "uvicorn" else 8000)
        host = _constant(given["host"]) if "host" in given else by_default[0]
        port = _constant(given["port"]) if "port" in given else by_default[1]
        name = "uvicorn.run" if on == "uvicorn" else f"{on}.run"
        return Listening(
            host if isinstance(host, str) else None,
            port if isinstance(port, int) else None,
            name,
            file,
            node.lineno,
        )
    return None


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Options with values: `--port 80`, `--port=80`, `-b80`, in order."""
    for number, word in enumerate(words):
        option, equals, value = word.partition("=")
        if word.startswith("--") and equals:
            yield option, value
        elif word.startswith("-") and number + 1 < len(words):
            yield word, words[number + 1]


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
