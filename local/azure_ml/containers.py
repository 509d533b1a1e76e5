"""Builds the container to run from a deployment's record."""

import asyncio
import shutil
import uuid
from pathlib import Path

from local import cloud
from local.azure_ml.deployment_rules import asset, seconds
from local.azure_ml.exchange import Json
from local.azure_ml.no_code import without_code
from local.azure_ml.readback import WorkspaceStorage
from local.azure_ml.registry import model_folder
from local.azure_ml.store import Store
from local.serving.contract import Container

_RUNTIME_PROPERTIES = (
    *("model", "environmentId", "environmentVariables", "codeConfiguration", "modelMountPath"),
    "appInsightsEnabled",
)
TELEMETRY = "APPLICATIONINSIGHTS_CONNECTION_STRING"
"""Set only in deployments with Application Insights enabled."""


class Containers:
    """Fetches model, code and build context; adds the variables that Azure gives containers."""

    def __init__(
        self, store: Store, storage: WorkspaceStorage, folder: Path, platform: dict[str, str]
    ) -> None:
        self._store = store
        self._storage = storage
        self._folder = folder
        self._platform = platform

    async def make(self, deployment: Json, endpoint: Json) -> Container:
        """Build the container of a deployment (resource) of an endpoint (record) in a new folder.

        Raises:
            Unreadable: the model, the code or the build context is not in the storage, or the
                model has no environment and is none that Azure serves without code.
        """
        properties = deployment["properties"]
        environment = asset(self._store, "environments", properties.get("environmentId"))
        setup = environment["properties"] if environment is not None else {}
        routes = setup.get("inferenceConfig") or {}
        folder = self.folder(deployment["id"]) / uuid.uuid4().hex[:8]
        model = await self._model(properties.get("model"), folder / "model")
        build = setup.get("build") or {}
        requests = properties["requestSettings"]
        made = Container(
            endpoint=endpoint["resource"]["name"],
            deployment=deployment["name"],
            model=model,
            image=setup.get("image") or "",
            build=await self._fetch(build["contextUri"], folder / "build") if build else None,
            dockerfile=build.get("dockerfilePath") or ("Dockerfile" if build else None),
            environment_variables=properties["environmentVariables"],
            platform=self._platform_variables(endpoint, deployment, model),
            port=int((routes.get("scoringRoute") or {}).get("port") or 5001),
            liveness=_route(routes, "livenessRoute", "/"),
            readiness=_route(routes, "readinessRoute", "/"),
            scoring=_route(routes, "scoringRoute", "/score"),
            request_timeout_s=seconds(requests["requestTimeout"]),
            max_concurrent=requests["maxConcurrentRequestsPerInstance"],
            instances=deployment["sku"]["capacity"],
            code=await self._code(properties, folder / "code"),
            script=(properties.get("codeConfiguration") or {}).get("scoringScript") or "",
            conda=setup.get("condaFile"),
            mount=_mount(properties),
            probe_ports=tuple(
                int(routes[it]["port"])
                for it in ("livenessRoute", "readinessRoute")
                if (routes.get(it) or {}).get("port")
            ),
        )
        return made if environment is not None else without_code(made)

    def folder(self, resource_id: str) -> Path:
        """The folder of a deployment's files, with a subfolder for each container it had."""
        endpoint, _, name = resource_id.lower().split("/")[-3:]
        return self._folder / endpoint / name

    def keep_only(self, container: Container) -> None:
        """Remove the files of the containers that this one replaced."""
        own = container.model.parent.parent
        for other in own.parent.iterdir():
            if other != own:
                shutil.rmtree(other, ignore_errors=True)

    async def _model(self, model_id: object, into: Path) -> Path:
        if (kept := model_folder(model_id)) is not None:
            return Path(await asyncio.to_thread(shutil.copytree, kept, into / kept.name))
        model = asset(self._store, "models", model_id)
        if model is None:
            empty = into / "none"
            empty.mkdir(parents=True, exist_ok=True)
            return empty
        return await self._fetch(model["properties"]["modelUri"], into)

    async def _code(self, properties: Json, into: Path) -> Path | None:
        code_id = (properties.get("codeConfiguration") or {}).get("codeId")
        code = asset(self._store, "codes", code_id)
        return await self._fetch(code["properties"]["codeUri"], into) if code else None

    async def _fetch(self, uri: str, into: Path) -> Path:
        # Runs in another thread, so it must not touch the store.
        return await asyncio.to_thread(self._storage.fetch, uri, into)

    def _platform_variables(self, endpoint: Json, deployment: Json, model: Path) -> dict[str, str]:
        observed = bool(deployment["properties"].get("appInsightsEnabled"))
        platform = {k: v for k, v in self._platform.items() if observed or k != TELEMETRY}
        return {
            **platform,
            "IDENTITY_HEADER": endpoint["secret"],
            "AZUREML_MODEL_DIR": str(model.parent),
            "AZUREML_ARM_SUBSCRIPTION": cloud.SUBSCRIPTION,
            "AZUREML_ARM_RESOURCEGROUP": cloud.RESOURCE_GROUP,
            "AZUREML_ARM_WORKSPACE_NAME": cloud.WORKSPACE,
        }


def runtime_properties(deployment: Json) -> Json:
    """Return the properties of a deployment whose change needs a new container."""
    return {key: deployment["properties"].get(key) for key in _RUNTIME_PROPERTIES}


def scoring_path(deployment: Json, store: Store) -> str:
    """Return the path at which a deployment takes requests."""
    properties = deployment["properties"]
    environment = asset(store, "environments", properties.get("environmentId")) or {
        "properties": {}
    }
    routes = environment["properties"].get("inferenceConfig") or {}
    return _route({} if properties.get("codeConfiguration") else routes, "scoringRoute", "/score")


def _mount(properties: Json) -> str:
    """Where the deployment wants its model: `PATH/name/version`, by Azure's documentation."""
    path, model = properties.get("modelMountPath"), properties.get("model")
    if not path or not model:
        return ""
    _, name, _, version = str(model).rsplit("/", 3)
    return f"{path.rstrip('/')}/{name}/{version}"


def _route(routes: Json, name: str, default: str) -> str:
    return str((routes.get(name) or {}).get("path") or default)
