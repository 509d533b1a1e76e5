"""What a person types after a command, checked before anything is asked of anybody."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

from shared.domain.ids import JobId
from shared.domain.names import DeploymentName, EndpointName
from shared.domain.paths import BlobPath
from shared.domain.text import WrongName


def endpoint(word: str) -> EndpointName:
    return _checked(EndpointName, word)


def deployment(word: str) -> DeploymentName:
    return _checked(DeploymentName, word)


def job(word: str) -> JobId:
    return _checked(JobId, word)


def blob(word: str) -> str:
    """`NAME` or `PREFIX/NAME`, with or without `.zip`: the blob that a flow is dropped as."""
    return _checked(BlobPath, f"{word.removesuffix('.zip')}.zip" if word else word)


def path(word: str) -> Path:
    """An empty word, most often a variable that is not set, is no path; `Path` takes it for `.`."""
    if not word or "\0" in word:
        raise ArgumentTypeError(f"{word!r} is no path")
    return Path(word)


def _checked[T](kind: Callable[[str], T], word: str) -> T:
    try:
        return kind(word)
    except WrongName as wrong:
        raise ArgumentTypeError("; ".join(it.cause for it in wrong.findings)) from wrong
