"""Pack a folder into the zip that is dropped."""

import shutil
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cli.errors import CommandError, refused
from cli.includes import included_files, outside_findings
from shared.domain.errors import Finding, Rejected, rejected
from shared.domain.left_out import LeftOut
from shared.package import limits
from shared.package.kept import list_flow
from shared.package.paths import path_findings
from shared.package.secrets import secret_findings

# The same folder gives the same bytes on every machine and day: a zip can hold no earlier time.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def package_name(path: Path) -> str:
    """Return the default name of a flow: its folder's or zip's.

    Raises:
        CommandError: there is no such folder or zip.
    """
    if path.is_dir():
        return path.resolve().name
    if path.is_file() and path.suffix == ".zip":
        return path.stem
    raise _no_package(path)


@dataclass(frozen=True)
class Package:
    """The zip to drop, and what only this machine knows of it. A zip is sent as it is.

    Attributes:
        archive: The zip.
        outside: A warning for each file from outside the flow.
        secrets: A finding for each file left out since it holds secrets.
        ignored: The files that ignore files leave out, each with the file and line that does.
    """

    archive: Path
    outside: tuple[Finding, ...] = ()
    secrets: tuple[Finding, ...] = ()
    ignored: LeftOut = field(default_factory=dict)


def write_package(path: Path, into: Path) -> Package:
    """Return the zip to drop: `path` itself, or a zip of the folder `path`, written to `into`.

    It leaves out what the prompt flow SDK leaves out, and files that hold secrets; it adds
    additional_includes.

    Raises:
        Rejected: the folder has a link, a path that no package may have, or an ignore file or
            flow file that cannot be read.
        CommandError: see `included_files`.
    """
    if path.is_file():
        return Package(path)
    if not path.is_dir():
        raise _no_package(path)
    listing, included = list_flow(path), included_files(path)
    beside = (name for name in listing.beside.names if (path / name).is_file())
    own = {name: path / name for name in (*listing.kept, *beside)}
    return Package(
        _write_zip(own | dict(included.files), into / "package.zip"),
        outside_findings(path, included.files),
        tuple(secret_findings({**listing.secrets, **included.secrets})),
        {**included.ignored, **listing.ignored},
    )


def _write_zip(files: Mapping[str, Path], archive: Path) -> Path:
    if wrong := tuple(path_findings(list(files))):
        raise Rejected(wrong)
    _check_size(files)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, source in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.file_size = source.stat().st_size
            with source.open("rb") as content, zipped.open(entry, "w") as member:
                shutil.copyfileobj(content, member, limits.CHUNK)
    return archive


def _check_size(files: Mapping[str, Path]) -> None:
    """Refuse before anything is packed what every reader of the package refuses."""
    sizes = {name: source.stat().st_size for name, source in files.items()}
    if (total := sum(sizes.values())) > limits.MAX_EXPANDED:
        largest = max(sizes, key=lambda name: sizes[name])
        raise rejected(
            largest,
            f"the flow's files have {total:,} bytes together, and {limits.MAX_EXPANDED:,} are "
            f"allowed; this one has {sizes[largest]:,}",
            "Leave out what the flow does not need, by .amlignore or .gitignore",
        )


def pack(path: Path, into: Path) -> Package:
    """Pack what is to be sent, and print what stays on this machine or comes from elsewhere."""
    package = write_package(path, into)
    for finding in (*package.outside, *package.secrets):
        print(f"sluice: {finding}", file=sys.stderr)
    return package


def _no_package(path: Path) -> CommandError:
    reason = "is neither a folder nor a .zip" if path.exists() else "does not exist"
    return refused(f"{path} {reason}")
