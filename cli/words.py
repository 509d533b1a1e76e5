"""What a person types after a command, checked before anything is asked of anybody."""

from collections.abc import Callable
from pathlib import Path

from click import BadParameter

from shared.domain.identifiers.ids import JobId
from shared.domain.identifiers.names import DeploymentName, EndpointName
from shared.domain.identifiers.paths import BlobPath
from shared.domain.parsing.strict_json import read_json
from shared.domain.parsing.text import WrongName, quoted


def endpoint(word: str) -> EndpointName:
    return _checked(EndpointName, word)


def deployment(word: str) -> DeploymentName:
    return _checked(DeploymentName, word)


def job(word: str) -> JobId:
    return _checked(JobId, word)


def blob(word: str) -> str:
    """`NAME` or `PREFIX/NAME`, with or without `.zip`: the blob that a flow is dropped as."""
    return _checked(blob_of, word)


def blob_of(name: str) -> BlobPath:
    """The blob of a flow of that name. Raises WrongName."""
    bare = name.removesuffix(".zip")
    if bare.lower().endswith(".zip"):
        raise WrongName(f"{quoted(name)} cannot be dropped: write '.zip' once, in lower case")
    return BlobPath(f"{BlobPath(bare)}.zip")


def question(word: str) -> bytes:
    """What an endpoint is asked."""
    try:
        text = word.encode()
        read_json(text)
    except ValueError as error:
        raise BadParameter(f"the question is not JSON: {error}") from error
    return text


def path(word: str) -> Path:
    """An empty word, most often a variable that is not set, is no path; `Path` takes it for `.`."""
    if "\0" in word:
        raise BadParameter(f"{word!r} is no path")
    return Path(_said(word))


def _said(word: str) -> str:
    if not word:
        raise BadParameter("it is empty: is a variable not set?")
    return word


def _checked[T](kind: Callable[[str], T], word: str) -> T:
    try:
        return kind(_said(word))
    except WrongName as wrong:
        raise BadParameter("; ".join(it.cause for it in wrong.findings)) from wrong
