"""The manifest: how a person wants a flow deployed."""

from shared.domain.manifest.expectation import unmet
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import (
    Access,
    Deployment,
    Endpoint,
    Environment,
    Expectation,
    FlowSection,
    Identity,
    Manifest,
    Probe,
    RequestSettings,
    SmokeTest,
    UserAssignedIdentity,
)
from shared.domain.manifest.reading import manifest_schema, merged, read_manifest
from shared.domain.manifest.rules import flow_findings

__all__ = [
    "Access",
    "Deployment",
    "Endpoint",
    "Environment",
    "Expectation",
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
