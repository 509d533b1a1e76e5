"""The view of `sluice doctor`: what Sluice can reach, and what its identity may do there."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from shared.app_names import AppNames
from shared.domain.access.own_rights import OwnRight, own_rights, region_commands
from shared.domain.access.roles import DATA_SCIENTIST, Grant, grant_command
from shared.domain.azure.endpoint import WorkspaceFacts
from shared.domain.check import Check, State
from shared.domain.failure import AzureFailure, Denied, Refused
from shared.ports import Ports
from shared.ports.probes import Probe, Probes

_AT_ONCE = 8
_NETWORK = "AuthorizationFailure"
"""Storage's code where it refuses the network, whatever the identity."""
_REGION = "quota and old operations of the region"


def examine(ports: Ports, probes: Probes, names: AppNames) -> tuple[Check, ...]:
    """Look at the services and at the rights of Sluice's identity. Nothing is changed.

    Makes some ten calls to ARM, and one or two to each storage service, container and queue.
    """
    try:
        principal = probes.principal()
    except AzureFailure as failed:
        text = f"Sluice gets no token of its identity ({failed.code}): nothing else was looked at"
        return (Check("connections", "identity", "failed", text, names.show_identity()),)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        workspace = pool.submit(_workspace, ports, probes, principal)
        services = tuple(pool.map(partial(_service, principal=principal), probes.all()))
    return _once((Check("connections", "identity"), *services, *workspace.result()))


def _workspace(ports: Ports, probes: Probes, principal: str) -> tuple[Check, ...]:
    """Whether the workspace is there, and the rights at it and at what belongs to it."""
    reads = True
    try:
        facts = ports.workspace.facts(newest=True)
        identities = _identities(ports)
    except Denied:
        # Each role that Sluice needs at the workspace would let it read these.
        facts, identities, reads = WorkspaceFacts(ports.workspace_id, "", "", None), (), False
    except AzureFailure as failed:
        _, _, subscription, _, group, *_ = ports.workspace_id.split("/")
        place = f"--subscription {subscription} --resource-group {group}"
        command = f"az ml workspace list {place} --output table"
        return (_unreached("workspace", failed, command),)
    rights = [it for it in own_rights(facts, identities) if it.grant.scope]
    checks = tuple(_right(ports, it, principal, reads=reads) for it in rights)
    if not facts.storage_account_id:
        return checks
    upload = _service(probes.blobs(facts.storage_account_id), principal)
    region = _region(ports, principal)
    return (Check("connections", "workspace"), *checks, upload, region)


def _identities(ports: Ports) -> tuple[str, ...]:
    """The identities that endpoints run as, and those that the policy names without a pattern."""
    named = (it for rule in ports.policy for it in rule.identities if not set(it) & set("*?["))
    used = (it.identity.resource_id for it in ports.workspace.endpoints())
    every = [it for it in (*named, *used) if it]
    return tuple({it.lower(): it for it in every}.values())


def _right(ports: Ports, right: OwnRight, principal: str, *, reads: bool) -> Check:
    """`reads`: the workspace's endpoints could be read.

    The list of permissions itself needs a right, which AzureML Data Scientist has not. If the list
    is refused, the endpoints that could be read are the proof.
    """
    name = f"{right.grant.role.name} on {right.grant.scope}"
    try:
        permissions = ports.roles.own_permissions(right.grant.scope)
    except AzureFailure as failed:
        return Check("permissions", name, "unknown", str(failed))
    unlisted = not permissions and reads and right.grant.role is DATA_SCIENTIST
    if unlisted or right.held(permissions):
        return Check("permissions", name)
    state: State = "warning" if right.optional else "failed"
    text = f"Sluice may not {right.grant.why}"
    return Check("permissions", name, state, text, right.command(principal))


def _region(ports: Ports, principal: str) -> Check:
    subscription = "/".join(ports.workspace_id.split("/")[:3])
    try:
        ports.workspace.usage("")
    except Denied:
        text = "Sluice may not read them: a flow's quota is not checked before its deployment"
        command = region_commands(subscription, principal)
        return Check("permissions", _REGION, "warning", text, command)
    except AzureFailure as failed:
        return Check("permissions", _REGION, "unknown", str(failed))
    return Check("permissions", _REGION)


def _service(probe: Probe, principal: str) -> Check:
    role = probe.role
    try:
        probe.attempt()
    except Denied as denied:
        if role is None or denied.code == _NETWORK:
            return _unreached(probe.name, denied, "")
        command = grant_command(Grant(role, probe.scope, ""), principal)
        name = f"{role.name} on {probe.scope}"
        text = f"Sluice may not use {probe.name} ({denied.code})"
        return Check("permissions", name, "failed", text, command)
    except AzureFailure as failed:
        return _unreached(probe.name, failed, probe.missing)
    return Check("connections", probe.name)


def _unreached(name: str, failed: AzureFailure, missing: str) -> Check:
    if failed.code == _NETWORK:
        text = "its firewall refuses the app's network: allow it, or join the app to the network"
        return Check("connections", name, "failed", text)
    if isinstance(failed, Refused) and failed.status in {0, 404}:
        return Check("connections", name, "failed", f"it is not there ({failed.code})", missing)
    return Check("connections", name, "failed", f"it does not answer or refuses: {failed}")


def _once(found: Iterable[Check]) -> tuple[Check, ...]:
    """Leave out the second check of the same name: two uses may lack the same role."""
    return tuple({(it.area, it.name): it for it in reversed(tuple(found))}.values())[::-1]
