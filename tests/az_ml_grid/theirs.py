"""azure-ai-ml's reading of a file: the body that it would send, or its refusal."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from azure.ai.ml import load_online_deployment, load_online_endpoint

from tests.az_ml_grid.sent import Sent, flat


def sent_by_az_ml(kind: str, file: Path) -> Sent | str:
    """Return the body that azure-ai-ml sends for the file, flat; or its refusal."""
    logging.getLogger("azure.ai.ml").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _endpoint(file) if kind == "endpoint" else _deployment(file)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _endpoint(file: Path) -> Sent:
    loaded: Any = load_online_endpoint(file)
    body = loaded._to_rest_online_endpoint("westeurope").as_dict()
    inner = {key: it for key, it in body["properties"].items() if "raffic" not in key}
    identity = body["identity"]
    named = identity.get("userAssignedIdentities") or {}
    return flat(
        {
            "name": loaded.name,
            "tags": _texts(body.get("tags")),
            "identity": {"type": _small(identity["type"]), "ids": sorted(map(str.lower, named))},
            **{key: _small(it) if key in _WORDS else it for key, it in inner.items()},
            "properties": _texts(inner.get("properties")),
        }
    )


def _deployment(file: Path) -> Sent:
    loaded: Any = load_online_deployment(file)
    environment = loaded.environment
    collected = _collected(loaded)
    loaded.environment = loaded.model = loaded.code_configuration = loaded.data_collector = None
    body = loaded._to_rest_object("westeurope").as_dict()
    inner = dict(body["properties"])
    for key in (
        "modelMountPath",
        "scaleSettings",
        "endpointComputeType",
        "privateNetworkConnection",
    ):
        inner.pop(key, None)
    return flat(
        {
            "name": loaded.name,
            "endpoint": loaded.endpoint_name,
            "count": body["sku"].get("capacity"),
            "tags": _texts(body.get("tags")),
            "environment": _environment(environment),
            "collected": collected,
            **{key: _small(it) if key in _WORDS else it for key, it in inner.items()},
            "properties": _texts(inner.get("properties")),
            "environmentVariables": _texts(inner.get("environmentVariables")),
        }
    )


_WORDS = ("authMode", "publicNetworkAccess", "egressPublicNetworkAccess")


def _small(word: str) -> str:
    return word.replace("_", "").lower()


def _texts(loaded_value: Mapping[Any, Any] | None) -> dict[str, str]:
    """Convert values to texts, as Azure stores them."""
    return {
        str(key): str(value) for key, value in (loaded_value or {}).items() if value is not None
    }


def _environment(loaded_value: Any) -> Any:
    if loaded_value is None or isinstance(loaded_value, str):
        return loaded_value
    body = loaded_value._to_rest_object().as_dict()["properties"]
    build = body.get("build") or {}
    folder = Path(str(loaded_value.build.path)).name if loaded_value.build is not None else None
    return {
        "image": body.get("image"),
        "build": {
            "path": folder,
            "dockerfile": (build.get("dockerfilePath") or "Dockerfile") if build else None,
        },
        "routes": body.get("inferenceConfig"),
        "os": str(body.get("osType") or "linux").lower(),
        "description": body.get("description"),
        "tags": _texts(body.get("tags")),
        "properties": _texts(body.get("properties")),
        "conda": bool(body.get("condaFile")) or None,
    }


def _collected(loaded: Any) -> Any:
    loaded_value = loaded.data_collector
    if loaded_value is None:
        return None
    data = {}
    for key, each in loaded_value.collections.items():
        named = each.data
        if named is not None:  # as `_register_collection_data_assets` reads it
            data[key] = {"name": named.name, "version": named.version, "path": named.path}
    body = loaded_value._to_rest_object().as_dict()
    for each in body["collections"].values():
        each.pop("dataId", None)
    return {**body, "data": data}
