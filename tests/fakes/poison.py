"""The queue of blobs that the blob trigger gave up, in memory."""

from shared.ports import PoisonBlob
from tests.fakes.faults import Breakable, breakable


class FakePoison(Breakable):
    """`bury` is what the host does after the last try."""

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[str, PoisonBlob] = {}

    def bury(self, path: str, etag: str) -> str:
        letter = f"0000000{len(self._letters)}-0000-0000-0000-000000000000"
        self._letters[letter] = PoisonBlob(letter, path, etag, "2026-01-01T00:00:00.000000Z")
        return letter

    @breakable
    def blobs(self) -> tuple[PoisonBlob, ...]:
        return tuple(self._letters.values())

    @breakable
    def remove(self, letter: str) -> None:
        self._letters.pop(letter, None)
