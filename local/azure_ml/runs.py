"""Prompt flow runs: their history, and the snapshots of their flows.

Routes and shapes are those that promptflow-azure uses (`AsyncRunDownloader`) and the runtime's
snapshots client: POST `/history/v1.0{ws}/rundata` and POST `/content/v2.0{ws}/snapshots/sas` on
`{region}.api.azureml.ms`, with tokens for ARM.
"""

import asyncio
import base64
import binascii
import uuid
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as AdminRoute

from local import cloud
from local.azure_ml.datastores import container_sas
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.readback import WorkspaceStorage
from local.azure_ml.routing import ML, Route
from local.azure_ml.store import Store

SNAPSHOT = "azureml.promptflow.snapshot_id"
_CONTAINER = f"https://{cloud.WORKSPACE_ACCOUNT}.blob.core.windows.net/{cloud.WORKSPACE_CONTAINER}"


class Runs:
    """Runs and snapshots; a run is created with POST /runs of the emulator's admin interface."""

    def __init__(self, store: Store, storage: WorkspaceStorage) -> None:
        self._store = store
        self._storage = storage

    def routes(self) -> Iterator[Route]:
        """Routes of the region's host."""
        runs = f"{ML}/workspaces/experiments/runs/read"
        snapshots = f"{ML}/workspaces/snapshots/read"
        yield Route("POST", "/history/v1.0{ws}/rundata", runs, self._history)
        yield Route("POST", "/content/v2.0{ws}/snapshots/sas", snapshots, self._snapshot_urls)

    def admin_routes(self) -> list[AdminRoute]:
        """POST /runs `{name, files: {path: base64}}`: a run, as 'pfazure run create' leaves it.

        A run without files is not one of a flow.
        """
        return [AdminRoute("/runs", self._make, methods=["POST"])]

    def _history(self, call: Call) -> Answer:
        name = call.document.get("runId")
        if not isinstance(name, str) or not name:
            raise ArmError(400, "UserError", "The field 'runId' is required.")
        run = self._store.get("run", name)
        if run is None or run["name"] != name:
            raise ArmError(404, "UserError", f"Run {name} was not found.")
        metadata = {
            "runId": name,
            "status": "Completed",
            "properties": run["properties"],
            "outputs": {},
        }
        wanted = call.document.get("selectRunMetadata") is True
        return Answer({"runMetadata": metadata if wanted else None})

    def _snapshot_urls(self, call: Call) -> Answer:
        wanted = call.document.get("snapshotOrAssetId")
        snapshot = self._store.get("snapshot", str(wanted)) if wanted else None
        if snapshot is None:
            raise ArmError(404, "UserError", f"Snapshot {wanted} was not found.")
        return Answer(_tree(snapshot["folder"], snapshot["files"]))

    async def _make(self, request: Request) -> Response:
        asked = await request.json()
        try:
            name = str(asked["name"])
            files = {
                str(path): base64.b64decode(content, validate=True)
                for path, content in asked.get("files", {}).items()
            }
        except (KeyError, TypeError, AttributeError, binascii.Error) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        properties = {"azureml.runsource": "azureml.PromptFlow"} if files else {}
        if files:
            properties[SNAPSHOT] = await self._keep(name, files)
        self._store.put("run", name, {"name": name, "properties": properties})
        return JSONResponse({"name": name, "properties": properties}, 201)

    async def _keep(self, name: str, files: Mapping[str, bytes]) -> str:
        snapshot, folder = str(uuid.uuid4()), f"runs/{name}"
        for path, content in files.items():
            await asyncio.to_thread(self._storage.save, f"{folder}/{path}", content)
        self._store.put("snapshot", snapshot, {"folder": folder, "files": sorted(files)})
        return snapshot


def _tree(folder: str, files: list[str]) -> Json:
    root = _node("", None)
    for path in files:
        node, parts = root, path.split("/")
        for part in parts[:-1]:
            node = node["children"].setdefault(part, _node(part, None))
        node["children"][parts[-1]] = _node(parts[-1], f"{_CONTAINER}/{quote(f'{folder}/{path}')}")
    return root


def _node(name: str, url: str | None) -> Json:
    return {
        "name": name,
        "type": "Directory" if url is None else "File",
        "absoluteUrl": url,
        "sasUrl": None if url is None else f"{url}?{container_sas()}",
        "children": {},
    }
