"""The manifest: how a person wants a flow deployed."""

from shared.domain.manifest.access import Access, ExtraRole
from shared.domain.manifest.deployment import Deployment, Environment, Probe, RequestSettings
from shared.domain.manifest.endpoint import Endpoint, Identity, UserAssignedIdentity
from shared.domain.manifest.expectation import unmet
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import Expectation, FlowSection, Manifest, SmokeTest
from shared.domain.manifest.reading import manifest_schema, merged, read_manifest
from shared.domain.manifest.rules import flow_findings

__all__ = [
    "Access",
    "Deployment",
    "Endpoint",
    "Environment",
    "Expectation",
    "ExtraRole",
    "FlowSection",
    "Identity",
    "Layers",
    "Manifest",
    "Probe",
    "RequestSettings",
    "SmokeTest",
    "UserAssignedIdentity",
    "flow_findings",
    "manifest_schema",
    "merged",
    "read_manifest",
    "unmet",
]
