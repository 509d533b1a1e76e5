"""`sluice drop PATH`: pack, upload, follow."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.checking import package_findings
from cli.commands.watch import watch_new
from cli.follow import choose_display, find_job
from cli.package import pack, package_name
from cli.service import Service
from cli.target import Target
from cli.upload import upload
from cli.words import blob_of
from shared.domain.errors import Finding, Rejected


def drop(
    path: Path,
    blob: str | None,
    target: Target,
    *,
    no_wait: bool,
    no_check: bool,
    as_json: bool,
    force: bool = False,
) -> int:
    """Drop a folder or zip and, unless `no_wait`, follow its job to the end.

    A package with errors is not uploaded, unless `no_check`. With `force` the job is one that also
    deploys content which failed a gate before; the upload's own job ends as rejected or superseded.
    """
    screen = choose_display(silent=as_json)
    blob = blob or blob_of(package_name(path))
    with TemporaryDirectory() as scratch:
        package = pack(path, Path(scratch))
        if not no_check:
            _check(package_findings(path, package, Path(scratch), blob), blob)
        etag = upload(target, package.archive, blob)
        screen.say(f"dropped {blob}, {package.archive.stat().st_size / 1024:.1f} KB")
    service = Service(target)
    job = service.force(blob) if force else find_job(service, screen, blob, etag)
    return watch_new(service, job, target, no_wait=no_wait, as_json=as_json)


def _check(found: Sequence[Finding], blob: str) -> None:
    """Raise Rejected if a finding is an error."""
    if any(finding.severity == "error" for finding in found):
        raise Rejected(found)
    for finding in found:
        if finding.file == blob:  # the job may reject this name; all else is in its result
            print(f"sluice: {finding}", file=sys.stderr)
