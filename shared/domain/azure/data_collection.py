"""Inference data collection: which of a flow's inputs and outputs become data assets.

Shapes and derived names: azure-ai-ml 1.35, `_register_collection_data_assets`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_FOLDER = "azureml://datastores/workspaceblobstore/paths/modelDataCollector"


@dataclass(frozen=True)
class DataAsset:
    """A version of a data asset: where collected data is stored."""

    name: str
    version: str
    path: str


@dataclass(frozen=True)
class CollectionAsk:
    """One collection, `model_inputs` or `model_outputs`; None stands for the derived value."""

    enabled: bool = True
    name: str | None = None
    version: str | None = None
    path: str | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class DataCollectorAsk:
    """Data collection as the manifest requests it. `sampling_rate`: 0 to 1."""

    collections: Mapping[str, CollectionAsk] = field(default_factory=dict)
    rolling_rate: str | None = None
    sampling_rate: float | None = None
    capture_headers: tuple[str, ...] | None = None

    def assets(self, endpoint: str, deployment: str) -> dict[str, DataAsset]:
        """Return the data asset of each collection, for that endpoint and deployment."""
        return {
            key: DataAsset(
                name=each.name or f"{endpoint}-{deployment}-{key}",
                version=each.version or "1",
                path=each.path or f"{_FOLDER}/{endpoint}/{deployment}/{key}",
            )
            for key, each in self.collections.items()
        }


@dataclass(frozen=True)
class CollectionSpec:
    """One collection in a deployment's PUT. `data_id`: ARM id of the data asset."""

    enabled: bool
    data_id: str
    client_id: str | None = None


@dataclass(frozen=True)
class DataCollectorSpec:
    """Inference data collection in a deployment's PUT."""

    collections: Mapping[str, CollectionSpec]
    rolling_rate: str | None = None
    sampling_rate: float | None = None
    capture_headers: tuple[str, ...] | None = None
