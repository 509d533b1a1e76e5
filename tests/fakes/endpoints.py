"""Azure ML in memory: the writes, as strict as the real one where a step could go wrong."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.domain.azure.data_collection import DataAsset
from shared.domain.azure.endpoint import (
    DeploymentSpec,
    DeploymentState,
    EndpointSpec,
    EndpointState,
)
from shared.domain.failure import Refused
from tests.fakes import changes, rules
from tests.fakes.faults import Breakable, breakable
from tests.fakes.inventory import Inventory
from tests.fakes.operations import FakeOperations
from tests.fakes.roles import FakeRoles


class FakeEndpoints(Breakable):
    """The writes, and the deployments that are to fail.

    `judge`: says of each deployment whether it fails, by what it is made of.
    """

    def __init__(
        self, there: Inventory, operations: FakeOperations, roles: FakeRoles | None
    ) -> None:
        super().__init__()
        self.there = there
        self.operations = operations
        self.roles = roles
        self.writes: list[tuple[str, str, Any]] = []
        self._failures: list[tuple[str, changes.Failure, str]] = []
        self._ticks = itertools.count(1)
        self._kept: list[DeploymentSpec] = []
        self._fails_endpoint: changes.Failure | None = None
        self._unmade: set[str] = set()
        self.judge: Callable[[DeploymentSpec], changes.Failure | None] = lambda spec: None

    def fail_deployment(
        self, code: str, message: str = "It did not start.", *, name: str = "", log: str = ""
    ) -> None:
        """Let the next deployment (of that name, if given) end as failed, with that log."""
        self._failures.append((name, (code, message), log))

    def fail_endpoint(self, code: str, message: str = "It was not made.") -> None:
        """Let the next write of an endpoint end as failed; a new endpoint stays unusable."""
        self._fails_endpoint = (code, message)

    @breakable
    def put_endpoint(self, spec: EndpointSpec, *, new: bool = False) -> str | None:
        rules.check_name(spec.name)
        old = self.there.endpoints.get(spec.name)
        assert not (new and old), "the endpoint's traffic would be cleared"
        if old is not None:
            self._check_idle(spec.name)
            rules.check_unchanged(old, spec)
        fresh = EndpointState(
            name=spec.name,
            id=f"{self.there.facts.id}/onlineEndpoints/{spec.name}",
            provisioning_state="Updating" if old else "Creating",
            auth_mode=spec.auth_mode,
            identity=changes.identity_of(self.there, spec),
            scoring_uri=f"https://{spec.name}.westeurope.inference.ml.azure.com/score",
            traffic=old.traffic if old else {},
            mirror_traffic=old.mirror_traffic if old else {},
            tags={**(old.tags if old else {}), **spec.tags},
            properties={**(old.properties if old else {}), **spec.properties},
            description=spec.description or (old.description if old else None),
            public_network_access=spec.public_network_access
            or (old.public_network_access if old else "Enabled"),
        )
        if old is None and self.roles is not None:
            changes.let_read_secrets(self.there, self.roles, fresh)
        self.writes.append(("put_endpoint", spec.name, spec))
        self.there.endpoints[spec.name] = fresh
        failure, self._fails_endpoint = self._fails_endpoint, None
        if failure and old is None:
            self._unmade.add(spec.name)
        return changes.change_endpoint(self.there, self.operations, spec.name, failure)

    @breakable
    def set_traffic(
        self,
        endpoint: str,
        traffic: Mapping[str, int],
        *,
        mirror: Mapping[str, int] | None = None,
    ) -> str | None:
        old = self.there.endpoints.get(endpoint)
        if old is None:
            raise rules.missing(f"endpoint {endpoint}")
        self._check_idle(endpoint)
        names = [state.name for state in self.there.of(endpoint)]
        before = old.mirror_traffic if mirror is None else mirror
        mirrored = {to: share for to, share in before.items() if not traffic.get(to)}
        rules.check_traffic(traffic, names)
        rules.check_mirror(mirrored, names)
        self.writes.append(("set_traffic", endpoint, dict(traffic)))
        self.there.endpoints[endpoint] = replace(
            old, traffic=dict(traffic), mirror_traffic=mirrored, provisioning_state="Updating"
        )
        return changes.change_endpoint(self.there, self.operations, endpoint)

    @breakable
    def put_deployment(self, endpoint: str, spec: DeploymentSpec) -> str | None:
        if endpoint not in self.there.endpoints:
            raise rules.missing(f"endpoint {endpoint}")
        self._check_idle(endpoint)
        if endpoint in self._unmade:
            raise rules.unmade()
        rules.check_name(spec.name)
        if spec.model and not spec.model.startswith("azureml://registries/"):
            rules.check_version(spec.model, "models", self.there.models)
        if spec.code is not None:
            rules.check_version(spec.code.id, "codes", self.there.codes)
        if spec.environment:
            rules.check_version(spec.environment, "environments", self.there.environments)
        elif spec.code is not None:
            raise rules.no_driver()
        else:
            rules.check_served(spec.model, self.there.mlflow_models)
        key = (endpoint, spec.name)
        self.writes.append(("put_deployment", f"{endpoint}/{spec.name}", spec))
        self.there.specs[key] = spec
        self.there.deployments[key] = self._deployed(self.there.deployments.get(key), spec)
        failure = self._failure(endpoint, spec.name)
        return changes.change_deployment(self.there, self.operations, key, failure)

    @breakable
    def backup_deployment(self, endpoint: str, name: str) -> dict[str, Any] | None:
        spec = self.there.specs.get((endpoint, name))
        if spec is None:
            return None
        self._kept.append(spec)
        return {"tags": dict(spec.tags), "number": len(self._kept) - 1}

    @breakable
    def restore_deployment(self, endpoint: str, name: str, kept: Mapping[str, Any]) -> str | None:
        return self.put_deployment(endpoint, self._kept[kept["number"]])

    @breakable
    def put_data_asset(self, asset: DataAsset) -> None:
        self.writes.append(("put_data_asset", asset.name, asset))
        self.there.data.setdefault((asset.name, asset.version), asset)

    @breakable
    def delete_deployment(self, endpoint: str, name: str) -> str | None:
        if (endpoint, name) not in self.there.deployments:
            return None
        self._check_idle(endpoint)
        if self.there.endpoints[endpoint].traffic.get(name):
            raise Refused("BadRequest", f"Deployment {name} has traffic.", status=400)
        self.writes.append(("delete_deployment", f"{endpoint}/{name}", None))
        return changes.remove_deployment(self.there, self.operations, (endpoint, name))

    @breakable
    def delete_endpoint(self, name: str) -> str | None:
        if name not in self.there.endpoints:
            return None
        self._check_idle(name)
        self.writes.append(("delete_endpoint", name, None))
        self._unmade.discard(name)
        return changes.remove_endpoint(self.there, self.operations, name)

    def _check_idle(self, endpoint: str) -> None:
        deployments = self.there.of(endpoint)
        busy = self.there.endpoints[endpoint].busy or any(state.busy for state in deployments)
        rules.check_idle(endpoint, busy=busy)

    def _deployed(self, old: DeploymentState | None, spec: DeploymentSpec) -> DeploymentState:
        return DeploymentState(
            name=spec.name,
            provisioning_state="Updating" if old else "Creating",
            model=spec.model,
            environment=spec.environment,
            instance_type=spec.instance_type,
            instance_count=spec.instance_count or (old.instance_count if old else 1),
            tags=dict(spec.tags),
            created_at=old.created_at if old else f"2026-01-01T00:00:{next(self._ticks):02d}Z",
            app_insights_enabled=spec.app_insights_enabled,
            environment_variables=dict(spec.environment_variables),
            request_settings=spec.request_settings,
            liveness_probe=spec.liveness_probe,
            readiness_probe=spec.readiness_probe,
            egress_public_network_access=spec.egress_public_network_access,
            code=spec.code,
        )

    def _failure(self, endpoint: str, name: str) -> changes.Failure | None:
        for index, (only, failure, log) in enumerate(self._failures):
            if only in ("", name):
                del self._failures[index]
                self.there.logs[endpoint, name] = log
                return failure
        if (judged := self.judge(self.there.specs[endpoint, name])) is not None:
            return judged
        if self.roles is None:
            return None
        collects = self.there.specs[endpoint, name].data_collector is not None
        return changes.lacking(self.there, self.roles, endpoint, collects=collects)
