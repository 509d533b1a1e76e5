"""A job that was really run, as the pattern of many others in the ledger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from azure.storage.blob import ContainerClient

from bench.filling import Blob
from shared.domain.requests.request import DeployRequest, newest_first, order_key

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_TEXTS: Final = (".json", ".jsonl")


@dataclass(frozen=True)
class _Marks:
    """What the names of a job's blobs are made of.

    `turn`: the endpoint's blob that says whose turn it is, which all its jobs share.
    """

    order: str
    accepted: str
    job: str
    endpoint: str

    @property
    def texts(self) -> tuple[str, ...]:
        order = (newest_first(self.order), order_key(self.order))
        return (*order, newest_first(self.accepted), self.job, self.endpoint)

    @property
    def turn(self) -> str:
        return f"turns/{self.endpoint}"


class Pattern:
    """The blobs of an ended job, as they lie in the ledger."""

    def __init__(self, ledger: ContainerClient, request: DeployRequest, endpoint: str) -> None:
        self._marks = _Marks(request.order, request.accepted, request.job, endpoint)
        self._blobs = tuple(_read(ledger, name) for name in self._names(ledger))

    def _names(self, ledger: ContainerClient) -> list[str]:
        turn, job = self._marks.turn, self._marks.job
        return [name for name in ledger.list_blob_names() if name == turn or job in name]

    def copy(self, job: str, endpoint: str, ago: int, *, newest: bool) -> Iterator[Blob]:
        """Yield the blobs of a job like this one.

        Args:
            job: its id.
            endpoint: what it deployed to.
            ago: seconds by which it ran earlier.
            newest: it was the last one at its endpoint, which has no other blob of its turns.
        """
        old, earlier = self._marks, _Earlier(ago)
        new = _Marks(earlier(old.order), earlier(old.accepted), job, endpoint)

        marks = list(zip(old.texts, new.texts, strict=True))

        def own(text: str) -> str:
            for before, after in marks:
                text = text.replace(before, after)
            return text

        for blob in self._blobs:
            if blob.path == old.turn and not newest:
                continue
            content = blob.content
            if blob.path.endswith(_TEXTS):
                content = own(earlier(content.decode())).encode()
            metadata = {key: own(earlier(it)) for key, it in blob.metadata.items()}
            yield Blob(own(blob.path), content, metadata, like=blob.path)


class _Earlier:
    """Makes all times of a text so many seconds earlier, whatever their fractions and zones are."""

    def __init__(self, seconds: int) -> None:
        self._ago = timedelta(seconds=seconds)
        self._known = dict[str, str]()

    def __call__(self, text: str) -> str:
        """Return the text with earlier times."""
        return _TIME.sub(lambda found: self._one(found[0]), text)

    def _one(self, time: str) -> str:
        if time not in self._known:
            self._known[time] = (datetime.fromisoformat(time) - self._ago).isoformat()
        return self._known[time]


def _read(ledger: ContainerClient, name: str) -> Blob:
    blob = ledger.get_blob_client(name)
    known = blob.get_blob_properties()
    content: bytes = blob.download_blob().readall()
    return Blob(name, content, dict(known.metadata or {}), like=name)
