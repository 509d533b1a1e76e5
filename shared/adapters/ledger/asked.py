"""The ledger's records of repeated requests, messages, folders and the last sweep."""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property

from shared.adapters.ledger.remembered import Remembered
from shared.adapters.ledger.store import BlobStore
from shared.domain.requests.request import Joined, MessageName, order_key

_MOST_TIMES = 999_999
_SWEPT = "sweep/seen.json"
ORDER = "order/"


class Asked:
    """`again/{job}/{number, inverted}`, `folders/{hash}`, `sweep/seen.json`.

    What joined a job is `asked/{job}/{hash}`, a message, and `asked/{job}/order/{order}`. Records
    of folders and of the sweep are removed together with their source.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def repeat_count(self, job: str) -> int:
        """One call: the newest name comes first."""
        newest = next(self._store.names(f"again/{job}/", most=1), None)
        return 0 if newest is None else _MOST_TIMES - int(newest)

    def record_repeat(self, job: str, count: int) -> None:
        """One call."""
        self._store.create(f"again/{job}/{_MOST_TIMES - count:06}")

    def add_message(self, job: str, message: MessageName) -> None:
        """One call."""
        path = f"asked/{job}/{_hashed(message.id)}"
        self._store.create(path, message.model_dump_json().encode())

    def ask_again(self, job: str, order: str) -> None:
        """One call."""
        self._store.create(f"asked/{job}/{ORDER}{order}")

    def joined(self, job: str) -> Joined:
        """One call, and one per message."""
        prefix = f"asked/{job}/"
        names = list(self._store.names(prefix))
        found = (self._store.read(prefix + it) for it in names if not it.startswith(ORDER))
        orders = (it.removeprefix(ORDER) for it in names if it.startswith(ORDER))
        return Joined(
            messages=tuple(MessageName.model_validate_json(it) for it in found if it is not None),
            order=max(orders, key=order_key, default=""),
        )

    @cached_property
    def _swept(self) -> Remembered[dict[str, str]]:
        """What this process knows of the last sweep. If it is out of date, it looks again."""
        return Remembered(1)

    def last_sweep(self) -> dict[str, str]:
        """One call; none if this process has read or recorded it before."""
        known = self._swept.get(_SWEPT)
        if known is None:
            known = dict(json.loads(self._store.read(_SWEPT) or b"{}"))
            self._swept.put(_SWEPT, known)
        return dict(known)

    def record_sweep(self, seen: Mapping[str, str]) -> None:
        """One call."""
        self._store.replace(_SWEPT, json.dumps(dict(seen), ensure_ascii=False).encode())
        self._swept.put(_SWEPT, dict(seen))

    def known_folders(self) -> dict[str, str]:
        """One call per 5,000 folders."""
        known = (it for _, it in self._store.metadata("folders/"))
        return {it["path"]: it["job"] for it in known if "job" in it}

    def record_folder(self, path: str, job: str) -> None:
        """One call."""
        self._store.replace(f"folders/{_hashed(path)}", metadata={"path": path, "job": job})

    def forget_folder(self, path: str) -> None:
        """One call."""
        self._store.delete(f"folders/{_hashed(path)}")


def _hashed(text: str) -> str:
    """Hash a text of a user's, since only its hash is sure to be a valid path."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
