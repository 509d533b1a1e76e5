"""From a request to a release: read the kept package, validate, hash, name, ask the policy."""

import tempfile
from dataclasses import replace
from pathlib import Path

from shared.domain.errors import Finding, Rejected
from shared.domain.flow import Flow, missing_connections
from shared.domain.job import DeployRequest
from shared.domain.manifest import flow_findings, merged
from shared.domain.release import Release, from_json, to_json
from shared.domain.releasing import make_release, not_yet
from shared.domain.report import Report, ok
from shared.package import Reading, read
from shared.ports import Ports
from shared.steps.call import Call
from shared.steps.package import fetched
from shared.steps.placing import endpoint_name, placing_findings


def prepare(ports: Ports, call: Call) -> Report:
    """The job has a release in the ledger, and is enlisted for its endpoint.

    `done` where the job has its result already. Raises Rejected with every finding.
    """
    if ports.ledger.read(call.job, "result") is not None:
        return Report("done")
    kept = ports.ledger.read(call.job, "release")
    if kept is not None:
        made = from_json(kept)
    else:
        made = _release(ports, call.job)
        made = from_json(ports.ledger.write_once(call.job, "release", to_json(made)))
    ports.ledger.enlist(made.endpoint.name, call.job, made.order)
    ports.ledger.set_state(call.job, "running", made.endpoint.name)
    return ok(
        f"{made.endpoint.name}, digest {made.digest[:12]}",
        endpoint=made.endpoint.name,
        propagation=made.limits.propagation,
        grant=made.limits.grant,
        operation=made.limits.operation,
    )


def _release(ports: Ports, job: str) -> Release:
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    if request.findings:
        raise Rejected(Finding.from_dict(it) for it in request.findings)
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        root = fetched(ports, request, Path(folder))
        reading = read(root)
        return _validated(ports, request, reading, root)


def _validated(ports: Ports, request: DeployRequest, reading: Reading, root: Path) -> Release:
    if reading.flow is None:
        raise Rejected(reading.findings)
    flow, manifest = reading.flow, merged(reading.manifest, request.overrides)
    path = str(getattr(request.source, "path", ""))
    name = endpoint_name(ports, request, manifest, path)
    findings = [
        *reading.findings,
        *not_yet(manifest),
        *placing_findings(ports, path, name, manifest),
    ]
    if request.overrides:
        findings += flow_findings(manifest, flow)
    if flow.connections:
        findings += missing_connections(flow, ports.workspace.connections())
    if any(it.severity == "error" for it in findings):
        raise Rejected(findings)
    made = make_release(
        request,
        flow,
        manifest,
        name=name,
        digest=reading.digest,
        requirements=_requirements(flow, root),
        limits=ports.limits,
    )
    return replace(made, warnings=tuple(str(it) for it in findings))


def _requirements(flow: Flow, root: Path) -> str | None:
    """The text of the flow's requirements file, where it says anything."""
    file = flow.environment.python_requirements_txt
    if file is None:
        return None
    text = (root / file).read_text(encoding="utf-8-sig")
    wanted = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return text if wanted else None
