"""Read a whole package: its flow, its manifest, and all findings."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from zipfile import is_zipfile

from shared.domain.errors import Finding, Rejected, bounded
from shared.domain.kinds.prompt_flow import Flow, read_flow, read_prompty
from shared.domain.left_out import LeftOut, left_out
from shared.domain.manifest import (
    Layers,
    Manifest,
    build_findings,
    flow_findings,
    read_manifest,
    settled_findings,
    wanted_findings,
)
from shared.domain.requests.flow_folder import FLOW_FILES, is_lone_prompty
from shared.package.beside import Part
from shared.package.contents import Package, read_contents, unread_findings
from shared.package.environment_file import with_environment
from shared.package.folder import check_files
from shared.package.images import with_images
from shared.package.kept import digest_of, every_file, list_flow, refuse_links
from shared.package.prompty import read_prompty_text
from shared.package.secrets import secret_findings
from shared.package.texts import read_text
from shared.package.yaml_text import parse

_ENVIRONMENTS: tuple[tuple[Part, tuple[str, ...]], ...] = (
    ("deployment", ("environment",)),
    ("deploy", ("deployment", "environment")),
)


@dataclass(frozen=True)
class Reading:
    """The content of a package.

    Attributes:
        flow: None if there is no readable flow file; there are errors then.
        manifest: The settings in the files beside the flow; empty if they cannot be read.
        layers: File and line of each part of the manifest.
        digest: Hash of the flow's content; empty if its files cannot be listed.
        requirements_digest: Hash of the files that pip needs to install the requirements.
        findings: Errors and warnings of all kinds, in the order of their files and lines.
    """

    flow: Flow | None
    manifest: Manifest
    digest: str
    findings: tuple[Finding, ...]
    layers: Layers = field(default_factory=Layers)
    requirements_digest: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a deployment."""
        return tuple(each for each in self.findings if each.severity == "error")


def read(root: Path, absent: LeftOut | None = None) -> Reading:
    """Read the unpacked package in a folder. None of its code is run or imported.

    `absent`: the files that an ignore file kept out of the package when it was made.
    """
    try:
        every, listing = every_file(root), list_flow(root)
        kept = listing.kept
        beside = listing.beside
        refuse_links(root, beside.names)
        check_files([(path, (root / path).stat().st_size) for path in (*kept, *beside.names)])
    except Rejected as error:
        return Reading(None, Manifest(), "", error.findings)
    absent = {**listing.ignored, **(absent or {})}
    package = Package(root, frozenset(kept), absent)
    findings: list[Finding] = [*secret_findings(listing.secrets)]
    flow = _flow(package, findings)
    parts = dict(beside.parts)
    for part, at in _ENVIRONMENTS:
        if part in parts:
            parts[part], told = with_environment(parts[part], at, root, every, absent)
            findings.extend(told)
    manifest, layers, wrong = read_manifest(**parts)
    findings.extend((*beside.findings, *wrong))
    findings.extend(build_findings(manifest.deployment, every, layers, absent))
    findings.extend(wanted_findings(manifest.flow, every, layers))
    if flow is not None:
        findings.extend(flow_findings(manifest, flow, layers))
        settled = settled_findings(manifest, flow)
        findings = [it for it in findings if it not in settled]
    ordered = sorted(bounded(findings), key=lambda each: (each.file, each.line or 0))
    needed = digest_of(root, flow.requirement_files) if flow is not None else ""
    return Reading(flow, manifest, digest_of(root, kept), tuple(ordered), layers, needed)


def _flow(package: Package, findings: list[Finding]) -> Flow | None:
    there = [name for name in FLOW_FILES if name in package.files]
    prompties = [path for path in package.files if is_lone_prompty("", path)]
    if not there and len(prompties) == 1:
        return _prompty(package, prompties[0], findings)
    if len(there) != 1:
        findings.append(_not_one(there, package))
        return None
    try:
        document = parse(read_text(package.root, there[0]), there[0], version="1.2")
    except Rejected as error:
        findings.extend(error.findings)
        return None
    contents, unread = read_contents(package, document)
    flow, wrong = read_flow(document, contents)
    findings.extend((*unread, *wrong, *unread_findings(package, contents)))
    if flow is not None:
        findings.extend(_damaged_wheels(package.root, flow.requirement_files))
    return flow and with_images(flow, package.root, package.files)


def _prompty(package: Package, path: str, findings: list[Finding]) -> Flow | None:
    """Read a folder with one prompty, which is served like a flow."""
    try:
        prompty = read_prompty_text(read_text(package.root, path), path)
    except Rejected as error:
        findings.extend(error.findings)
        return None
    alone = replace(package, files=package.files - {path})
    contents, unread = read_contents(alone, prompty.document)
    contents = replace(contents, files=package.files)
    flow, wrong = read_prompty(prompty.document, prompty.template, prompty.line, contents)
    findings.extend((*unread, *wrong, *unread_findings(package, contents)))
    return flow and with_images(flow, package.root, package.files)


def _damaged_wheels(root: Path, paths: tuple[str, ...]) -> Iterator[Finding]:
    for path in paths:
        if path.endswith(".whl") and not is_zipfile(root / path):
            yield Finding(path, None, "this wheel is not a zip archive", "Build or copy it again")


def _not_one(there: list[str], package: Package) -> Finding:
    if there:
        return Finding(there[1], None, f"two flow files: {', '.join(there)}", "Keep one of them")
    cause = "there is neither flow.dag.yaml nor flow.flex.yaml at the top of the package"
    if ignored := next((name for name in FLOW_FILES if name in package.left_out), None):
        cause, remedy = left_out(ignored, package.left_out[ignored])
        return Finding(ignored, None, f"the flow file {cause}", remedy)
    if prompties := [path for path in package.files if path.endswith(".prompty")]:
        remedy = "Leave one prompty at the top of the package, or add a flow.flex.yaml"
        return Finding(min(prompties), None, f"{cause}, nor a single prompty", remedy)
    deeper = next((path for path in sorted(package.files) if path.endswith(FLOW_FILES)), None)
    remedy = f"Pack the folder of '{deeper}' itself" if deeper else "Add a flow file"
    return Finding("package", None, cause, remedy)
