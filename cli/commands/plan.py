"""`sluice plan`: show what a deployment would do."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click import UsageError

from cli.errors import DONE, REFUSED, refused
from cli.package import pack, package_name
from cli.plan_lines import plan_lines
from cli.service import Service
from cli.target import Target
from cli.text import print_json, print_lines
from cli.words import blob_of
from shared.domain.errors import Rejected
from shared.domain.requests.request_body import MOST_ZIP_BYTES


def plan(
    path: Path | None, name: str | None, target: Target, *, as_json: bool, **source: str | None
) -> int:
    """Print the plan of a local package, or of what the app itself can read."""
    asked = _asked(source)
    if (path is None) is (asked is None) or (path is None and name is not None):
        raise UsageError("Give a PATH, or one of --blob, --folder, --run and --endpoint.")
    service = Service(target)
    shown = service.plan({"source": asked}) if path is None else _of_package(service, path, name)
    if as_json:
        print_json(shown)
    else:
        print_lines(plan_lines(shown))
    return REFUSED if shown["outcome"] == "rejected" else DONE


def _asked(source: dict[str, str | None]) -> dict[str, str] | None:
    given = {key: value for key, value in source.items() if value is not None}
    if "revision" in given and "endpoint" not in given:
        raise UsageError("--revision needs --endpoint.")
    if len(given.keys() - {"revision"}) > 1:
        raise UsageError("Give only one of --blob, --folder, --run and --endpoint.")
    return given or None


def _rejected(wrong: Rejected) -> dict[str, Any]:
    """The preview of a package that cannot even be packed, as the app would answer."""
    unknown = dict.fromkeys(("endpoint", "deployment", "digest", "quota", "cost"))
    nothing: dict[str, Any] = {"differences": [], "steps": [], "warnings": []}
    findings = [it.to_dict() for it in wrong.findings]
    return {"outcome": "rejected", **unknown, **nothing, "findings": findings}


def _of_package(service: Service, path: Path, name: str | None) -> Any:
    blob = name or blob_of(package_name(path))
    with TemporaryDirectory() as scratch:
        try:
            package = pack(path, Path(scratch))
        except Rejected as wrong:
            return _rejected(wrong)
        size = package.archive.stat().st_size
        if size > MOST_ZIP_BYTES:
            raise refused(
                f"{path} has {size:,} bytes as a zip, and a request may have {MOST_ZIP_BYTES:,}: "
                "upload it to storage, then plan it with --blob"
            )
        return service.plan_zip(package.archive.read_bytes(), blob)
