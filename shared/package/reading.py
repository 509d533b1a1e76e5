"""Read a whole package: its content, its manifest, and all findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from shared.domain.comparison.settings import Recorded
from shared.domain.errors import Finding, Rejected, bounded
from shared.domain.kinds.content import Content
from shared.domain.left_out import LeftOut
from shared.domain.manifest import (
    Layers,
    Manifest,
    build_findings,
    flow_findings,
    read_manifest,
    settled_findings,
    wanted_findings,
)
from shared.package.beside import Part
from shared.package.environment_file import with_environment
from shared.package.folder import check_files
from shared.package.kept import digest_of, every_file, list_flow, part_files, refuse_links
from shared.package.kinds.package import Package
from shared.package.kinds.readers import read_content
from shared.package.recorded import read_recorded
from shared.package.secrets import secret_findings

_ENVIRONMENTS: tuple[tuple[Part, tuple[str, ...]], ...] = (
    ("deployment", ("environment",)),
    ("deploy", ("deployment", "environment")),
)


@dataclass(frozen=True)
class Reading:
    """The content of a package.

    Attributes:
        content: None if no kind can read it; there are errors then.
        manifest: The settings in the files beside the flow; empty if they cannot be read.
        layers: File and line of each part of the manifest.
        digest: Hash of its files; empty if its files cannot be listed.
        requirements_digest: Hash of the files that pip needs to install the requirements.
        recorded: Requests with which a new deployment is compared.
        part_digests: By path, hashes of the parts that are registered by themselves.
        findings: Errors and warnings of all kinds, in the order of their files and lines.
    """

    content: Content | None
    manifest: Manifest
    digest: str
    findings: tuple[Finding, ...]
    layers: Layers = field(default_factory=Layers)
    requirements_digest: str = ""
    recorded: tuple[Recorded, ...] = ()
    part_digests: Mapping[str, str] = field(default_factory=dict)

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
    findings: list[Finding] = [*secret_findings(listing.secrets)]
    parts = dict(beside.parts)
    for part, at in _ENVIRONMENTS:
        if part in parts:
            parts[part], told = with_environment(parts[part], at, root, every, absent)
            findings.extend(told)
    package = Package(root, frozenset(kept), absent, replace(beside, parts=parts))
    content, wrong = read_content(package)
    findings.extend(wrong)
    manifest, layers, wrong = read_manifest(**parts)
    findings.extend((*beside.findings, *wrong))
    findings.extend(build_findings(manifest.deployment, every, layers, absent))
    findings.extend(wanted_findings(manifest.flow, every, layers))
    recorded, wrong = read_recorded(root, kept, manifest, layers)
    findings.extend(wrong)
    if content is not None:
        findings.extend(flow_findings(manifest, content, layers))
        settled = settled_findings(manifest, content)
        findings = [it for it in findings if it not in settled]
    ordered = sorted(bounded(findings), key=lambda each: (each.file, each.line or 0))
    needed = digest_of(root, content.requirement_files) if content is not None else ""
    parts_of = (content.code and content.code.part, content.model_part) if content else ()
    digests = {it.path: digest_of(root, part_files(kept, it.path)) for it in parts_of if it}
    digest = digest_of(root, kept)
    if content is not None and not digests and content.registered_model is not None:
        # The model is all that there is, so it is part of the content.
        digest = sha256(f"{digest}\0{content.registered_model}".encode()).hexdigest()
    return Reading(content, manifest, digest, tuple(ordered), layers, needed, recorded, digests)
