"""`sluice drop PATH`: pack, upload, follow."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.checking import package_findings
from cli.commands.watch import report
from cli.errors import DONE
from cli.follow import choose_display, find_job, follow
from cli.package import pack, package_name
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
    blob = blob or blob_of(package_name(path))
    with TemporaryDirectory() as scratch:
        package = pack(path, Path(scratch))
        found = package_findings(path, package, Path(scratch), blob)
        if any(finding.severity == "error" for finding in found):
            raise Rejected(found)
        for finding in found:
            if finding.file == blob:  # the job may reject this name; all else is in its result
                print(f"sluice: {finding}", file=sys.stderr)
        etag = upload(target, package.archive, blob)
        screen.say(f"dropped {blob}, {package.archive.stat().st_size / 1024:.1f} KB")
    service = Service(target, notice=screen.say)
    job = service.force(blob) if force else find_job(service, screen, blob, etag)
    screen.say(f"job {job}")
    if no_wait:
        print(json.dumps({"job": job}) if as_json else f"follow it: sluice watch {job}")
        return DONE
    return report(follow(service, screen, job), as_json=as_json)
