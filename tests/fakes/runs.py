"""Runs in memory."""

from collections.abc import Mapping

from shared.ports import Run
from tests.fakes.faults import Breakable, breakable


class FakeRuns(Breakable):
    """Prompt flow runs with their snapshots; `put` is what 'pfazure run create' does."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, Run] = {}
        self._snapshots: dict[str, dict[str, bytes]] = {}

    def put(self, name: str, files: Mapping[str, bytes] | None) -> None:
        """Add a run; without files it has no flow."""
        snapshot = None if files is None else f"snapshot-of-{name}"
        self._runs[name] = Run(name, snapshot)
        if snapshot is not None:
            self._snapshots[snapshot] = dict(files or {})

    @breakable
    def find(self, name: str) -> Run | None:
        return self._runs.get(name)

    @breakable
    def files(self, snapshot: str) -> Mapping[str, bytes]:
        return self._snapshots[snapshot]
