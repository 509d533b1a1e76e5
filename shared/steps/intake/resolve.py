"""Resolve the source that a request names to its current version."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.errors import Rejected, rejected
from shared.domain.failure import Denied, Refused
from shared.domain.requests.flow_folder import is_package_folder
from shared.domain.requests.request import order_key
from shared.domain.requests.request_body import AskedSource
from shared.domain.requests.source import (
    BlobSource,
    FolderSource,
    RevisionSource,
    RunSource,
    Source,
)
from shared.package.packing import packed
from shared.ports import Ports


@dataclass(frozen=True)
class Resolved:
    """A source at its current version.

    Attributes:
        source: the source.
        overrides: replace values of its manifest.
        written: when this version was written, by storage's clock; empty if it is no drop.
    """

    source: Source
    overrides: dict[str, Any]
    written: str = ""


def resolve(
    ports: Ports, asked: AskedSource, overrides: Mapping[str, Any], *, key: str
) -> Resolved:
    """Return the source at its current version, with the overrides to use.

    A redeploy takes over the overrides of its release; new ones win. Raises Rejected if the source
    does not exist.
    """
    if asked.blob is not None:
        return _blob(ports, asked.blob, dict(overrides))
    if asked.folder is not None:
        return _folder(ports, asked.folder, dict(overrides))
    if asked.run is not None:
        return Resolved(run_source(ports, asked.run), dict(overrides))
    return _revision(ports, asked.endpoint or "", asked.revision, overrides, key=key)


def _blob(ports: Ports, path: str, overrides: dict[str, Any]) -> Resolved:
    found = ports.flows.stat(path)
    if found is None:
        cause = "There is no such blob in the flows container"
        raise rejected(path, cause, "Upload it, then repeat the request")
    return Resolved(BlobSource(path=path, etag=found.etag), overrides, found.modified)


def _folder(ports: Ports, path: str, overrides: dict[str, Any]) -> Resolved:
    folder = f"{path.strip('/')}/"
    files = ports.flows.list(folder)
    if not is_package_folder(folder, files):
        raise rejected(
            folder,
            "There is no flow file, scoring script or MLflow model directly in this folder of the "
            "flows container",
            "Name the folder that holds flow.dag.yaml, flow.flex.yaml, one prompty, score.py with "
            "conda.yaml or requirements.txt, MLmodel, or an az ml deployment.yaml",
        )
    written = max((it.modified for it in files), key=order_key)
    return Resolved(FolderSource(path=folder, files=files), overrides, written)


def run_source(ports: Ports, name: str) -> RunSource:
    place = f"run {name}"
    with _refused_by_azure(place):
        run = ports.runs.find(name)
    if run is None:
        cause = f"There is no run of this name in workspace '{ports.workspace_name}'"
        raise rejected(place, cause, "Name a prompt flow run of the workspace")
    if run.snapshot is None:
        cause = "The run has no snapshot of a flow, so it is not a prompt flow run"
        raise rejected(place, cause, "Name a run that 'pfazure run create' or studio has made")
    return RunSource(name=run.name, snapshot=run.snapshot)


def run_package(ports: Ports, source: RunSource) -> bytes:
    """The files of a run's snapshot, as a zip. Raises Rejected if they cannot be read."""
    with _refused_by_azure(f"run {source.name}"):
        return packed(ports.runs.files(source.snapshot))


@contextmanager
def _refused_by_azure(place: str) -> Iterator[None]:
    """Raise a refusal that another try would not change as Rejected."""
    try:
        yield
    except (Denied, Refused) as failure:
        found = diagnose(Signal(failure.code, failure.message))
        cause = f"Azure refuses access: {failure.code}: {failure.message}"
        raise rejected(place, cause, found.remedy) from failure


def _revision(
    ports: Ports, endpoint: str, revision: str, overrides: Mapping[str, Any], *, key: str
) -> Resolved:
    entry = _pick(endpoint, ports.ledger.releases(endpoint), revision)
    source = RevisionSource(
        endpoint=endpoint,
        digest=entry["digest"],
        path=entry["path"],
        package=entry["package"],
        key=key,
    )
    return Resolved(source, _over(entry.get("overrides", {}), overrides))


def _pick(endpoint: str, releases: tuple[dict[str, Any], ...], revision: str) -> dict[str, Any]:
    if not releases:
        raise _unknown(endpoint, f"Sluice has released nothing to endpoint '{endpoint}'")
    current = releases[0]
    if revision == "current":
        return current
    if revision == "previous":
        older = [it for it in releases if it["digest"] != current["digest"]]
    else:
        older = [it for it in releases if len(revision) >= 6 and it["digest"].startswith(revision)]
    if not older:
        had = ", ".join(dict.fromkeys(it["digest"][:12] for it in releases))
        raise _unknown(endpoint, f"Endpoint '{endpoint}' had no revision '{revision}', only {had}")
    return older[0]


def _unknown(endpoint: str, cause: str) -> Rejected:
    return rejected(
        f"endpoint {endpoint}", cause, "Name current, previous or a digest, or drop the flow again"
    )


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _over(merged[key], value) if nested else value
    return merged
