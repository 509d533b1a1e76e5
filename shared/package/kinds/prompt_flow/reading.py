"""Read a package as a prompt flow: flow.dag.yaml, flow.flex.yaml, or one prompty alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import is_zipfile

from shared.domain.errors import Finding, Rejected
from shared.domain.kinds.prompt_flow import Flow, read_flow, read_prompty
from shared.domain.left_out import left_out
from shared.domain.requests.flow_folder import FLOW_FILES, is_lone_prompty
from shared.package.kinds.package import Package, Read
from shared.package.kinds.prompt_flow.contents import read_contents, unread_findings
from shared.package.kinds.prompt_flow.images import with_images
from shared.package.kinds.prompt_flow.prompty import read_prompty_text
from shared.package.texts import read_text
from shared.package.yaml_text import parse


def recognise(package: Package) -> bool:
    """Return whether there is a file of a flow at the top; an ignore file may leave it out."""
    names = package.files | package.left_out.keys()
    return any(name in names for name in FLOW_FILES) or any(
        is_lone_prompty("", path) for path in package.files
    )


def read(package: Package) -> Read:
    """Read the flow file, or a prompty alone, and what it names."""
    findings = list[Finding]()
    flow = _flow(package, findings)
    return flow, tuple(findings)


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
    if not deeper:
        cause += (
            ", nor score.py with conda.yaml or requirements.txt, nor a Dockerfile, nor MLmodel, "
            "nor an az ml deployment with code_configuration, a build context, a model of type "
            "mlflow_model or a registered model"
        )
    remedy = f"Pack the folder of '{deeper}' itself" if deeper else "Add what is to be deployed"
    return Finding("package", None, cause, remedy)
