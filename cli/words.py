"""Check a command's arguments before anything is sent."""

import sys
from collections.abc import Callable
from pathlib import Path

from click import BadParameter

from shared.domain.identifiers.ids import JobId, LetterId, Reason, Revision, letter_queue
from shared.domain.identifiers.names import DeploymentName, EndpointName
from shared.domain.identifiers.paths import BlobPath
from shared.domain.parsing.strict_json import read_json
from shared.domain.parsing.text import WrongName, quoted


def endpoint(word: str) -> EndpointName:
    return _check(EndpointName, word)


def deployment(word: str) -> DeploymentName:
    return _check(DeploymentName, word)


def job(word: str) -> JobId:
    return _check(JobId, word)


def reason(word: str) -> Reason:
    return _check(Reason, word)


def revision(word: str) -> Revision:
    return _check(Revision, word)


def letter(word: str) -> LetterId:
    return _check(LetterId, word)


def queue(word: str) -> str:
    return _check(letter_queue, word)


def blob(word: str) -> str:
    """Return the blob for `NAME` or `PREFIX/NAME`, with or without `.zip`."""
    return _check(blob_of, word)


def blob_of(name: str) -> BlobPath:
    """Return the blob of a flow of that name. Raises WrongName."""
    bare = name.removesuffix(".zip")
    if bare.lower().endswith(".zip"):
        raise WrongName(f"{quoted(name)} cannot be dropped: write '.zip' once, in lower case")
    return BlobPath(f"{BlobPath(bare)}.zip")


def question(word: str) -> bytes:
    """Return the question: the JSON itself, of `@FILE`, or of standard input for `-`.

    Refuse a text that is not JSON.
    """
    try:
        text = _body(word)
        read_json(text)
    except ValueError as error:
        raise BadParameter(f"the question is not JSON: {error}") from error
    return text


def _body(word: str) -> bytes:
    if word == "-":
        return sys.stdin.buffer.read()
    return path(word[1:]).read_bytes() if word.startswith("@") else word.encode()


def path(word: str) -> Path:
    """Return the path. An empty word is refused, since `Path` reads it as `.`."""
    if "\0" in word:
        raise BadParameter(f"{word!r} is not a path")
    return Path(_not_empty(word))


def _not_empty(word: str) -> str:
    if not word:
        raise BadParameter("it is empty: is a variable not set?")
    return word


def _check[T](kind: Callable[[str], T], word: str) -> T:
    try:
        return kind(_not_empty(word))
    except WrongName as wrong:
        raise BadParameter("; ".join(it.cause for it in wrong.findings)) from wrong
