"""The logs of one deployment in Azure ML's format, kept in files.

`az ml online-deployment get-logs` prints the instance's status, the container's events and the
container's output, for the inference server and for the storage initializer.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STAGES = ("SystemSetup", "UserContainerImagePull", "ModelDownload", "UserContainerStart")
_FILES = {
    "InferenceServer": "inference-server.log",
    "StorageInitializer": "storage-initializer.log",
}


@dataclass(frozen=True)
class Journal:
    """The log folder of one deployment, readable by other processes and after a failure."""

    folder: Path

    def begin(self) -> None:
        """Start new logs; only the latest attempt is kept."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._save({"stages": dict.fromkeys(STAGES, "Pending"), "events": []})

    def stage(self, stage: str, state: str) -> None:
        """Record the state of a stage: InProgress, Succeeded or Failed."""
        kept = self._load()
        self._save({**kept, "stages": {**kept["stages"], stage: state}})

    def event(self, name: str, message: str, *, kind: str = "Normal") -> None:
        """Record an event of the container, of kind Normal or Warning."""
        kept = self._load()
        happened = {"name": name, "type": kind, "time": _now(), "message": message}
        self._save({**kept, "events": [*kept["events"], happened]})

    def output(self, container: str) -> Path:
        """The file of a container's output."""
        return self.folder / _FILES[container]

    def text(self, container: str) -> str:
        """Return the whole log of `InferenceServer` or `StorageInitializer`, or an empty text."""
        if container not in _FILES or not self._facts.exists():
            return ""
        kept = self._load()
        stages = "\n".join(f"{stage}: {state}" for stage, state in kept["stages"].items())
        events = "\n".join(
            "Kind: Pod, Name: {name}, Type: {type}, Time: {time}, Message: {message}".format(**each)
            for each in kept["events"]
        )
        output = self.output(container)
        said = output.read_text(errors="replace") if output.exists() else ""
        return (
            f"Instance status:\n{stages}\n\nContainer events:\n{events}\n\nContainer logs:\n{said}"
        )

    @property
    def _facts(self) -> Path:
        return self.folder / "instance.json"

    def _load(self) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self._facts.read_text())
        return kept

    def _save(self, kept: dict[str, Any]) -> None:
        half = self._facts.with_suffix(".half")
        half.write_text(json.dumps(kept))
        half.replace(self._facts)


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
