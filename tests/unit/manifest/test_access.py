"""The section `access` of a manifest, and contradictions in it."""

from pathlib import Path

import pytest

from shared.domain.manifest.access_rules import ENFORCED
from shared.domain.release.desired_endpoint import access_ask
from shared.package import Reading, read

FLOW = "inputs: {}\noutputs: {}\nnodes: []\n"
ENABLED = f"endpoint: {{properties: {{{ENFORCED}: enabled}}}}\n"
USER = (
    "identity: {type: user_assigned, user_assigned_identities: [{resource_id: /subscriptions/s/"
    "resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/me}]}"
)


def dropped(folder: Path, manifest: str) -> Reading:
    (folder / "flow.dag.yaml").write_text(FLOW)
    (folder / "deploy.yaml").write_text(manifest)
    return read(folder)


def about_access(reading: Reading) -> list[tuple[str, str]]:
    found = [it for it in reading.findings if it.file == "deploy.yaml"]
    return [(it.severity, it.cause) for it in found]


@pytest.mark.parametrize(
    ("manifest", "severity", "cause"),
    [
        (f"endpoint: {{properties: {{{ENFORCED}: perhaps}}}}\n", "error", "is 'perhaps'"),
        (
            f"access: {{connection_secrets: false}}\n{ENABLED}",
            "error",
            "says the opposite",
        ),
        (
            f"endpoint: {{properties: {{{ENFORCED}: enabled}}, {USER}}}\n",
            "warning",
            "has no effect for a user-assigned identity",
        ),
        ("access: {roles: [{role: Owner, scope: everywhere}]}\n", "error", "access.roles.0.scope"),
        ("access: {roles: [{scope: /subscriptions/s}]}\n", "error", "role' is missing"),
    ],
)
def test_contradictory_access_settings_are_reported(
    tmp_path: Path, manifest: str, severity: str, cause: str
) -> None:
    [(said, why)] = about_access(dropped(tmp_path, manifest))
    assert said == severity
    assert cause in why


@pytest.mark.parametrize(
    ("manifest", "secrets", "enforced"),
    [
        ("{}", False, False),
        ("access: {connection_secrets: true}\n", True, None),
        ("access: {connection_secrets: false}\n", False, False),
        (ENABLED, True, True),
        (f"endpoint: {{properties: {{{ENFORCED}: disabled}}}}\n", False, False),
        (f"endpoint: {{properties: {{{ENFORCED}: Enabled}}}}\n", True, True),
    ],
)
def test_a_flow_without_connections_gets_no_secrets_role_unless_its_manifest_asks(
    tmp_path: Path, manifest: str, secrets: bool, enforced: bool | None
) -> None:
    reading = dropped(tmp_path, manifest)
    assert reading.content is not None, reading.findings
    asked = access_ask(reading.content, reading.manifest)
    assert (asked.connection_secrets, asked.enforce_secrets) == (secrets, enforced)
