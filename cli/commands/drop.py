"""`sluice drop PATH`: pack, upload, follow."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.checking import package_findings
from cli.commands.watch import report
from cli.errors import DONE, refused
from cli.follow import choose_display, find_job, follow
from cli.includes import missing_includes
from cli.package import package_name, write_package
from cli.service import Service
from cli.target import Target
from cli.upload import upload
from cli.words import blob_of
from shared.domain.errors import Rejected


def drop(
    path: Path,
    blob: str | None,
    target: Target,
    *,
    no_wait: bool,
    as_json: bool,
    force: bool = False,
) -> int:
    """Drop a folder or zip and, unless `no_wait`, follow its job to the end.

    A package with errors is not uploaded. With `force` the job is one that also deploys content
    which failed a gate before; the upload's own job ends as rejected or superseded.
    """
    screen = choose_display(silent=as_json)
    if path.is_dir() and (missing := missing_includes(path)):
        raise refused(f"{path}: additional_includes do not exist: {', '.join(missing)}")
    blob = blob or blob_of(package_name(path))
    with TemporaryDirectory() as scratch:
        package = write_package(path, Path(scratch))
        for finding in (*package.outside, *package.secrets):
            print(f"sluice: {finding}", file=sys.stderr)
        found = package_findings(path, package, Path(scratch), blob)
        if any(finding.severity == "error" for finding in found):
            raise Rejected(found)
        etag = upload(target, package.archive, blob)
        screen.say(f"dropped {blob}, {package.archive.stat().st_size / 1024:.1f} KB")
    service = Service(target, notice=screen.say)
    job = service.force(blob) if force else find_job(service, screen, blob, etag)
    screen.say(f"job {job}")
    if no_wait:
        print(json.dumps({"job": job}) if as_json else f"follow it: sluice watch {job}")
        return DONE
    return report(follow(service, screen, job), as_json=as_json)
