"""`sluice plan`: show what a deployment would do."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click import UsageError

from cli.errors import DONE, REFUSED, refused
from cli.includes import missing_includes
from cli.package import package_name, write_package
from cli.plan_lines import plan_lines
from cli.service import Service
from cli.target import Target
from cli.words import blob_of

_MOST = 104_857_600
"""The largest zip that can be sent: the Functions host accepts no larger request."""


def plan(
    path: Path | None, name: str | None, target: Target, *, as_json: bool, **source: str | None
) -> int:
    """Print the plan of a local package, or of what the app itself can read."""
    asked = _asked(source)
    if (path is None) is (asked is None) or (path is None and name is not None):
        raise UsageError("Give a PATH, or one of --blob, --folder, --run and --endpoint.")
    service = Service(target, notice=lambda line: print(f"sluice: {line}", file=sys.stderr))
    shown = service.plan({"source": asked}) if path is None else _of_package(service, path, name)
    if as_json:
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print("\n".join(plan_lines(shown)))
    return REFUSED if shown["outcome"] == "rejected" else DONE


def _asked(source: dict[str, str | None]) -> dict[str, str] | None:
    given = {key: value for key, value in source.items() if value is not None}
    if "revision" in given and "endpoint" not in given:
        raise UsageError("--revision needs --endpoint.")
    if len(given.keys() - {"revision"}) > 1:
        raise UsageError("Give only one of --blob, --folder, --run and --endpoint.")
    return given or None


def _of_package(service: Service, path: Path, name: str | None) -> Any:
    if path.is_dir() and (missing := missing_includes(path)):
        raise refused(f"{path}: additional_includes do not exist: {', '.join(missing)}")
    blob = name or blob_of(package_name(path))
    with TemporaryDirectory() as scratch:
        package = write_package(path, Path(scratch))
        for finding in (*package.outside, *package.secrets):
            print(f"sluice: {finding}", file=sys.stderr)
        size = package.archive.stat().st_size
        if size > _MOST:
            raise refused(
                f"{path} has {size:,} bytes as a zip, and a request may have {_MOST:,}: upload it "
                "to storage, then plan it with --blob"
            )
        return service.plan(package.archive.read_bytes(), blob)
