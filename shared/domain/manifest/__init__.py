"""The manifest: how a flow is to be deployed."""

from shared.domain.manifest.access import Access, ExtraRole
from shared.domain.manifest.data_collector import DataCollector
from shared.domain.manifest.deployment import Deployment, Probe, RequestSettings
from shared.domain.manifest.deployment_rules import build_findings, build_place
from shared.domain.manifest.endpoint import Endpoint, Identity, UserAssignedIdentity
from shared.domain.manifest.environment import Environment
from shared.domain.manifest.expectation import unmet
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import FlowSection, Manifest
from shared.domain.manifest.reading import manifest_schema, merged, read_manifest
from shared.domain.manifest.rules import (
    flow_findings,
    manifest_findings,
    settled_findings,
    wanted_findings,
)
from shared.domain.manifest.smoke_test import Expectation, Sample, SmokeTest

__all__ = [
    "Access",
    "DataCollector",
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
    "Sample",
    "SmokeTest",
    "UserAssignedIdentity",
    "build_findings",
    "build_place",
    "flow_findings",
    "manifest_findings",
    "manifest_schema",
    "merged",
    "read_manifest",
    "settled_findings",
    "unmet",
    "wanted_findings",
]
