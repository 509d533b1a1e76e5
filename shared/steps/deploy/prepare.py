"""Turn a request into a release: read the kept package, validate, hash, name, check the policy."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from shared.domain.access.policy import approval_floor, comparison_floor, rollout_floor
from shared.domain.comparison.settings import Comparison
from shared.domain.errors import Finding, Rejected
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok
from shared.domain.kinds.content import Content
from shared.domain.kinds.missing import missing_connections
from shared.domain.kinds.model_type import MLFLOW_TYPE
from shared.domain.kinds.registered import REGISTRIES
from shared.domain.manifest import (
    Layers,
    Manifest,
    flow_findings,
    manifest_findings,
    merged,
    settled_findings,
)
from shared.domain.manifest.connection_override import missing_references, references_of, stand_ins
from shared.domain.parsing.document import reach
from shared.domain.release.connections_used import has_short_references, with_references
from shared.domain.release.desired_release import make_release
from shared.domain.release.release import Release, from_json, to_json
from shared.domain.requests.request import DeployRequest, order_key
from shared.domain.requests.source import FolderSource, RevisionSource, Source
from shared.domain.rollout.strategy import Rollout
from shared.package import Reading
from shared.ports import Ports
from shared.steps.deploy.endpoint_jobs import queue_job
from shared.steps.deploy.environment import resolve_environment
from shared.steps.deploy.package import fetch_package
from shared.steps.deploy.placement import endpoint_name, placement, placement_findings
from shared.steps.deploy.policy_checks import policy_findings
from shared.steps.deploy.quarantine import quarantine_findings


def prepare(ports: Ports, call: StepCall) -> StepReport:
    """Write the job's release to the ledger, and queue the job for its endpoint.

    Reports `done` if the job already has its result. Raises Rejected with every finding.
    """
    if ports.ledger.read(call.job, "result", listed=True) is not None:
        return StepReport("done")
    kept = ports.ledger.read(call.job, "release", listed=True)
    made = _release(ports, call.job) if kept is None else from_json(kept)
    name, order = made.endpoint.name, made.order
    queued = queue_job(ports, name, call.job, order)
    older = queued.older
    if kept is None:
        made = _in_its_place(ports, made, queued.newest)
        made = from_json(ports.ledger.write_once(call.job, "release", to_json(made)))
    if made.order != order:
        older += queue_job(ports, name, call.job, made.order).older
    ports.ledger.set_state(call.job, "running", made.endpoint.name)
    return ok(
        f"{made.endpoint.name}, digest {made.digest[:12]}",
        StepFacts(
            endpoint=made.endpoint.name,
            job_kind="deployment",
            propagation=made.limits.propagation,
            grant=made.limits.grant,
            operation=made.limits.operation,
            older=older,
        ),
    )


def _in_its_place(ports: Ports, made: Release, newest: str) -> Release:
    """If a newer job is in the queue, this one may have been asked for again after that one."""
    again = ports.ledger.joined(made.job).order if newest != made.job else ""
    return replace(made, order=max(made.order, again, key=order_key)) if again else made


def _release(ports: Ports, job: str) -> Release:
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    if request.findings:
        raise Rejected(Finding.from_dict(it) for it in request.findings)
    if (restored := _restored(ports, request)) is not None:
        return restored
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        package = fetch_package(ports, request, Path(folder))
        return read_release(ports, request, package, Path(folder))


def read_release(ports: Ports, request: DeployRequest, package: Path, into: Path) -> Release:
    """Make the release of a request from its package on disk; nothing is written but `into`.

    Raises Rejected with every finding.
    """
    try:
        opened = ports.packages.open_and_read(package, into)
    except Rejected as wrong:
        raise Rejected(_by_its_own_name(wrong, package, request.source)) from wrong
    return _validated(ports, request, opened.reading, opened.root)


def _by_its_own_name(wrong: Rejected, package: Path, source: Source) -> Iterator[Finding]:
    """Yield the findings; those about the zip as a whole name it as the person did."""
    name = str(getattr(source, "path", ""))
    for finding in wrong.findings:
        whole = name and package.is_file() and finding.file == package.name
        yield replace(finding, file=name) if whole else finding


def _restored(ports: Ports, request: DeployRequest) -> Release | None:
    """The release that a rollback restores, exactly as it was; None for every other request.

    It served before, so its package is not read and validated again, and it gets all traffic at
    once, without a comparison or an approval.
    """
    source = request.source
    if not isinstance(source, RevisionSource) or not source.restores:
        return None
    kept = ports.ledger.read(source.restores, "release")
    if kept is None:
        raise LookupError(f"Job {source.restores} has no release")
    return replace(
        from_json(kept),
        job=request.job,
        order=request.order,
        caller=request.caller,
        limits=ports.limits,
        rollout=Rollout(),
        comparison=Comparison(contract=False, parity=False),
        approval="none",
        warnings=(),
    )


def _validated(ports: Ports, request: DeployRequest, reading: Reading, root: Path) -> Release:
    zips = _zips_inside(request.source)
    if reading.content is None:
        raise Rejected((*reading.findings, *zips))
    content, manifest = reading.content, merged(reading.manifest, request.overrides)
    path = str(getattr(request.source, "path", ""))
    name = endpoint_name(ports, request, manifest, path)
    place = placement(ports, path, name, request.caller)
    settled = settled_findings(manifest, content)
    findings = [
        *(it for it in reading.findings if it not in settled),
        *zips,
        *(placed := placement_findings(ports, place, manifest)),
    ]
    if not any(it.severity == "error" for it in placed):
        findings += policy_findings(ports, place, content, manifest)
    if request.overrides:
        findings += (*manifest_findings(manifest), *flow_findings(manifest, content))
    findings += _connections(ports, content, manifest)
    findings += quarantine_findings(ports, request, name, reading.digest)
    _refuse(findings)
    if has_short_references(manifest):
        manifest, wrong = with_references(manifest, ports.workspace.connection_shapes())
        findings += wrong
    if reach(request.overrides, ("deployment", "environment"))[1]:
        reading = replace(reading, layers=Layers())  # named by the request, not by a file
    environment, wrong = resolve_environment(ports, content, manifest.deployment, root, reading)
    findings += (*wrong, *_registered_model(ports, content))
    _refuse(findings)
    made = make_release(
        request,
        content,
        manifest,
        name=name,
        digest=reading.digest,
        part_digests=reading.part_digests,
        environment=environment,
        limits=ports.limits,
        floor=rollout_floor(ports.policy, place),
        approval=approval_floor(ports.policy, place),
        compared=comparison_floor(ports.policy, place),
        recorded=reading.recorded,
    )
    return replace(made, warnings=tuple(str(it) for it in findings))


def _zips_inside(source: Source) -> tuple[Finding, ...]:
    """Warnings for zips inside a flow's folder: each is a file of that flow, not a flow."""
    if not isinstance(source, FolderSource):
        return ()
    cause = f"this zip lies in the folder of flow '{source.path}', so it is a file of that flow"
    remedy = "If it is a flow of its own, move it out of that folder, or delete the flow file there"
    zips = [it.path for it in source.files if it.path.lower().endswith(".zip")]
    return tuple(Finding(path, None, cause, remedy, "warning") for path in zips)


def _refuse(findings: list[Finding]) -> None:
    if any(it.severity == "error" for it in findings):
        raise Rejected(findings)


def _registered_model(ports: Ports, content: Content) -> Iterator[Finding]:
    """Find that the workspace lacks the registered model, or that it cannot be served so.

    Registries are other resources, often of other owners: Azure says whether they have the model.
    """
    registered = content.registered_model
    if registered is None or registered.startswith(REGISTRIES):
        return
    _, name, _, version = registered.split("/")
    type_ = ports.workspace.model_type(name, version)
    cause, remedy = f"the workspace has no model {name}:{version}", "Register it, or name another"
    if type_ is not None and (content.image is not None or type_ == MLFLOW_TYPE):
        return
    if type_ is not None:
        cause = f"model {name}:{version} is a {type_}, and Azure serves it only with an environment"
        remedy = "Add code_configuration and environment, or name a model of type mlflow_model"
    yield Finding("manifest.deployment.model", None, cause, remedy)


def _connections(ports: Ports, content: Content, manifest: Manifest) -> tuple[Finding, ...]:
    """Findings for missing connections: those that the flow uses, or their replacements."""
    overrides = manifest.flow.connections or {}
    variables = manifest.deployment.environment_variables or {}
    references = references_of(overrides, variables)
    if not content.connections and not references:
        return ()
    existing = ports.workspace.connections()
    renamed = stand_ins(content.connection_names, overrides, variables)
    return (
        *missing_connections(content, existing, renamed),
        *missing_references(references, existing, taken=frozenset(renamed.values())),
    )
