"""Read the requests of a package's JSONL file, with which a new deployment is compared."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import normpath
from typing import Any

from shared.domain.comparison.settings import Recorded
from shared.domain.errors import Finding, Rejected
from shared.domain.manifest import Layers, Manifest
from shared.domain.parsing.strict_json import read_request
from shared.package import limits
from shared.package.texts import read_text

type Requests = tuple[tuple[Recorded, ...], tuple[Finding, ...]]

_AT = ("comparison", "samples")


def read_recorded(
    root: Path, kept: tuple[str, ...], manifest: Manifest, layers: Layers
) -> Requests:
    """Read the file that `comparison.samples` names; with findings.

    A line is the body of a request, or what Azure ML's data collector wrote (a CloudEvent whose
    `data` has a body in each row). Blank lines do not count.
    """
    named = manifest.comparison.samples
    if named is None:
        return (), ()
    path = normpath(named)
    if path not in kept:
        return (), (layers.finding(_AT, f"'{named}' is not in the package", "Correct the path"),)
    found, wrong = list[Recorded](), list[Finding]()
    try:
        text = read_text(root, path)
    except Rejected as error:
        return (), error.findings
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found += [Recorded(f"{path}:{number}", it) for it in _bodies(line)]
        except ValueError as error:
            remedy = "Write the body of one request, a JSON object, in each line"
            wrong.append(Finding(path, number, str(error), remedy))
    return tuple(found), tuple(wrong or _bounds(path, found, len(text)))


def _bodies(line: str) -> Iterator[Mapping[str, Any]]:
    value = read_request(line)
    bodies = [value]
    if isinstance(value, Mapping) and "specversion" in value:
        if "data" not in value:
            raise ValueError("the collector has put this request elsewhere, since it is large")
        # Payload logging keeps a body as it is; the collector of a flow or script keeps rows.
        bodies = value["data"] if isinstance(value["data"], list) else [value["data"]]
    if not all(isinstance(it, Mapping) for it in bodies):
        raise ValueError("this is not a JSON object")
    yield from bodies


def _bounds(path: str, found: list[Recorded], size: int) -> Iterator[Finding]:
    if not found:
        yield Finding(path, None, "the file has no request", "Add one in each line")
    if len(found) > limits.MAX_REQUESTS or size > limits.MAX_REQUESTS_TEXT:
        most = f"{limits.MAX_REQUESTS} requests or {limits.MAX_REQUESTS_TEXT // 1024} KB"
        yield Finding(path, None, f"the file has more than {most}", "Keep fewer requests")
