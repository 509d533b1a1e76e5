"""Read one manifest from files beside the flow and a request's overrides."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.domain.errors import Finding, Rejected
from shared.domain.manifest.az_ml import NOT_USED, SILENT
from shared.domain.manifest.az_ml_kind import Section
from shared.domain.manifest.az_ml_refused import refused_kind
from shared.domain.manifest.deployment import Deployment
from shared.domain.manifest.endpoint import Endpoint
from shared.domain.manifest.layers import Layer, Layers, patched
from shared.domain.manifest.model import Manifest
from shared.domain.manifest.placeholders import placeholder_findings
from shared.domain.manifest.registered_model import RegisteredModel
from shared.domain.manifest.rules import manifest_findings, move_endpoint_name
from shared.domain.parsing.document import Document
from shared.domain.parsing.pydantic_findings import shape

_OF_THE_PACKAGE = (
    ("flow", "include_secret_files"),
    ("comparison", "samples"),
    ("deployment", "code_configuration"),
    ("deployment", "model"),
)


def read_manifest(
    deploy: Document | None = None,
    endpoint: Document | None = None,
    deployment: Document | None = None,
    model: Document | None = None,
) -> tuple[Manifest, Layers, tuple[Finding, ...]]:
    """Read deploy.yaml and az ml's files; deploy.yaml wins over the others.

    Returns the manifest, its layers (so that later findings can name file and line), and findings.
    An invalid file is left out of the manifest, with findings.
    """
    given = (
        (endpoint, "endpoint", Endpoint),
        (deployment, "deployment", Deployment),
        (model, "model", RegisteredModel),
        (deploy, None, Manifest),
    )
    layers, findings, unfilled = list[Layer](), list[Finding](), list[Finding]()
    value: Any = {}
    for document, section, shaped in given:
        if document is None or document.value is None:
            continue
        unfilled.extend(placeholder_findings(document))
        if section is None and (refused := _refused_sections(document)):
            findings.extend(refused)
            continue
        layer = Layer(document, (section,) if section else ())
        plain = patched({}, document.value, layer.section)
        read, wrong = shape(shaped, plain, document)
        findings.extend(wrong)
        if read is not None:
            layers.append(layer)
            findings.extend(_without_effect(layer))
            value = patched(value, {section: document.value} if section else plain)
    manifest, together = _together(value, Layers(tuple(layers)))
    others = _without_followers((*findings, *together), unfilled)
    return manifest, Layers(tuple(layers)), (*others, *unfilled)


def merged(manifest: Manifest, overrides: Mapping[str, Any] | None) -> Manifest:
    """Merge a request's overrides over the manifest; null removes a value.

    Raises:
        Rejected: with all findings, at places like `manifest.endpoint.name`.
    """
    if not overrides:
        return manifest  # its findings were reported when it was read
    request = Document("manifest", overrides)
    if refused := _refused_sections(request):
        raise Rejected(refused)
    layers = Layers((Layer(request),))
    plain = patched({}, request.value)
    read, findings = shape(Manifest, plain, request)
    if read is None or findings:
        raise Rejected(findings)
    findings = (
        *(it for it in placeholder_findings(request) if it.severity == "error"),
        *_without_effect(layers.layers[0], "error"),
    )
    if request.has("deployment", "endpoint_name"):
        cause, remedy = "a request names the endpoint in another field", "Set endpoint.name"
        findings = (*findings, request.finding(("deployment", "endpoint_name"), cause, remedy))
    for at in _OF_THE_PACKAGE:
        if request.has(*at):
            cause = "only deploy.yaml says which files of a package are meant"
            findings = (*findings, request.finding(at, cause, "Set it in deploy.yaml"))
    if findings:
        raise Rejected(findings)
    base = manifest.model_dump(exclude_unset=True, by_alias=True)
    result, wrong = _together(patched(base, request.value), layers)
    if any(each.severity == "error" for each in wrong):
        raise Rejected(wrong)
    return result


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of deploy.yaml, for editors."""
    schema = Manifest.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _together(value: Any, layers: Layers) -> tuple[Manifest, tuple[Finding, ...]]:
    """Make the manifest of all layers, with findings of contradictions."""
    named, findings = move_endpoint_name(value, layers)
    read, wrong = shape(Manifest, named, Document("manifest", named))
    if read is None:
        return Manifest(), (*findings, *wrong)
    return read, (*findings, *manifest_findings(read, layers))


def _refused_sections(document: Document) -> list[Finding]:
    sections: tuple[Section, ...] = ("endpoint", "deployment", "model")
    return [it for each in sections for it in refused_kind(each, document, (each,))]


def _without_followers(
    findings: Sequence[Finding], unfilled: Sequence[Finding]
) -> Iterator[Finding]:
    """Leave out findings in lines with a placeholder, which causes them."""
    lines = {(it.file, it.line) for it in unfilled if it.severity == "error"}
    return (it for it in findings if (it.file, it.line) not in lines)


def _without_effect(layer: Layer, severity: Any = "warning") -> Iterator[Finding]:
    """Find fields of az ml that have no effect."""
    for section, fields in NOT_USED.items():
        for field, why in fields.items():
            own = layer.inside((section, field))
            if own is not None and field not in SILENT:
                cause = f"'{field}' has no effect: {why}"
                yield layer.document.finding(own, cause, "Leave it out", severity)
