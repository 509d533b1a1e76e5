"""Operations on deployments: check rights and quota, then start or stop the container.

Error codes: learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints.
"""

import asyncio
import shutil
from urllib.parse import urlsplit

from local import cloud
from local.azure_ml.access import Access
from local.azure_ml.containers import Containers, runtime_properties, scoring_path
from local.azure_ml.endpoint_identity import principals
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Json
from local.azure_ml.injection import Injection, InjectionError
from local.azure_ml.operations import Operation
from local.azure_ml.quota import Quota
from local.azure_ml.readback import Unreadable
from local.azure_ml.store import Store
from local.serving.contract import Serving, ServingError

# Azure's own words: the first is in public READMEs, the second on the page above.
_GUIDE = "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg"
_PULL = "Microsoft.ContainerRegistry/registries/pull/read"
_WRITE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
_READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"


class DeploymentPut:
    """Starts a new container if its properties changed; checks the rights at the start."""

    def __init__(
        self,
        store: Store,
        access: Access,
        quota: Quota,
        containers: Containers,
        serving: Serving,
    ) -> None:
        self._store = store
        self._access = access
        self._quota = quota
        self._containers = containers
        self._serving = serving
        self._injection = Injection(store, access)

    async def carry_out(self, operation: Operation) -> Json | None:
        record, endpoint = self._find(operation)
        if record is None or endpoint is None:
            return _error("ResourceNotFound", "The deployment or its endpoint is gone.")
        resource = record["resource"]
        if shortage := self._quota.shortage(resource):
            # There was quota at the PUT; another deployment has taken it since.
            return _error("OutOfQuota", shortage)
        if record["serving"] and record["runs"] == runtime_properties(resource):
            return None
        return self._find_missing_right(resource, endpoint["resource"]) or await self._start(
            resource, endpoint
        )

    async def restart(self, record: Json) -> Json | None:
        """Start the container of a deployment again after a restart of the emulator."""
        resource = record["resource"]
        endpoint = self._store.get("endpoint", resource["id"].rsplit("/deployments/", 1)[0])
        return await self._start(resource, endpoint) if endpoint else None

    def settle(self, operation: Operation, error: Json | None) -> None:
        record, _ = self._find(operation)
        if record is None:
            return
        resource = record["resource"]
        endpoint, _, name = operation.target.split("/")[-3:]
        if error is None:
            record["runs"] = runtime_properties(resource)
            self._set_scoring_path(resource)
        record["serving"] = self._serving.url(endpoint, name) is not None
        resource["properties"]["provisioningState"] = "Failed" if error else "Succeeded"
        self._store.put("deployment", operation.target, record)

    def _set_scoring_path(self, deployment: Json) -> None:
        """The endpoint's scoring URI becomes the scoring route of a deployment that was made.

        Source: learn.microsoft.com/azure/machine-learning/how-to-deploy-custom-container, 'Scoring
        route'. Paths of requests are passed on as they are, whatever the URI says.
        """
        endpoint_id = deployment["id"].rsplit("/deployments/", 1)[0]
        endpoint = self._store.get("endpoint", endpoint_id)
        if endpoint is not None:
            properties = endpoint["resource"]["properties"]
            host = urlsplit(properties["scoringUri"]).netloc
            path = scoring_path(deployment, self._store).lstrip("/")
            properties["scoringUri"] = f"https://{host}/{path}"
            self._store.put("endpoint", endpoint_id, endpoint)

    def _find_missing_right(self, resource: Json, endpoint: Json) -> Json | None:
        """Return the error for a right that a user-assigned identity lacks, or None.

        A system-assigned identity gets its rights from the platform. The page's section 'ERROR:
        BadArgument', 'Authorization error', covers both the image's pull and the model's download.
        """
        identity = endpoint["identity"]
        if "principalId" in identity:
            return None
        ids = [found.object_id for found in principals(identity)]
        if not any(self._access.allows(one, _PULL, cloud.REGISTRY_ID) for one in ids):
            return _error(
                "BadArgument",
                "Endpoint identity does not have pull permission on the registry. For System "
                "Assigned Identity case and workspace ACR, platform will wire up the permissions "
                "but if user is creating deployment with User Assigned Identity or if using "
                "non-workspace ACR, then User should grant pull permissions to identity on the "
                f"registry. {_GUIDE}#authorization-error",
            )
        scope = cloud.WORKSPACE_ACCOUNT_ID
        if not any(self._access.allows(one, _READ, scope, data=True) for one in ids):
            return _error(
                "BadArgument",
                f"Startup task failed due to authorization error. {_GUIDE}#authorization-error",
            )
        collects = bool(resource["properties"].get("dataCollector"))
        if collects and not any(self._access.allows(it, _WRITE, scope, data=True) for it in ids):
            return _error(
                "BadArgument",
                "Startup task failed due to incorrect role assignments on storage account when "
                f"mdc is enabled. {_GUIDE}#authorization-error",
            )
        return None

    async def _start(self, resource: Json, endpoint: Json) -> Json | None:
        try:
            container = await self._containers.make(
                self._inject_secrets(resource, endpoint), endpoint
            )
            await self._serving.start(container)
            await asyncio.to_thread(self._containers.keep_only, container)
        except Unreadable as error:
            return _error("BadArgument", f"Unable to download user model: {error}.")
        except ArmError as error:
            return _error("BadArgument", error.message)
        except InjectionError as error:
            return _error("SecretsInjectionError", str(error))
        except ServingError as error:
            return _error(error.code, error.message)
        return None

    def _inject_secrets(self, resource: Json, endpoint: Json) -> Json:
        properties = resource["properties"]
        identity = endpoint["resource"]["identity"]
        variables = self._injection.resolve(properties["environmentVariables"], identity)
        return {**resource, "properties": {**properties, "environmentVariables": variables}}

    def _find(self, operation: Operation) -> tuple[Json | None, Json | None]:
        endpoint = operation.target.rsplit("/deployments/", 1)[0]
        record = self._store.get("deployment", operation.target)
        return record, self._store.get("endpoint", endpoint)


class DeploymentDelete:
    """Stops the container, and removes its files."""

    def __init__(self, store: Store, containers: Containers, serving: Serving) -> None:
        self._store = store
        self._containers = containers
        self._serving = serving

    async def carry_out(self, operation: Operation) -> Json | None:
        endpoint, _, name = operation.target.split("/")[-3:]
        await self._serving.stop(endpoint, name)
        place = self._containers.folder(operation.target)
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
        return None

    def settle(self, operation: Operation, error: Json | None) -> None:
        record = self._store.get("deployment", operation.target)
        if error and record:
            record["resource"]["properties"]["provisioningState"] = "Failed"
            self._store.put("deployment", operation.target, record)
        else:
            self._store.delete("deployment", operation.target)


def _error(code: str, message: str) -> Json:
    return {"code": code, "message": message}
