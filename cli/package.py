"""Pack a folder into the zip that is dropped."""

import zipfile
from pathlib import Path
from typing import Final

from cli.errors import CommandError, refused
from cli.includes import included_files, outside_findings
from shared.domain.errors import Finding, Rejected
from shared.domain.left_out import LeftOut
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


def write_package(path: Path, into: Path) -> Path:
    """Return the zip to drop: `path` itself, or a zip of the folder `path`, written to `into`.

    It leaves out what the prompt flow SDK leaves out, and the files of `secrets_left_out`;
    it adds additional_includes.

    Raises:
        Rejected: the folder has a link, a path that no package may have, or an ignore file or
            flow file that cannot be read.
        CommandError: see `included_files`.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise _no_package(path)
    files = _files(path)
    if wrong := tuple(path_findings(list(files))):
        raise Rejected(wrong)
    archive = into / "package.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, source in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, source.read_bytes())
    return archive


def secrets_left_out(path: Path) -> tuple[Finding, ...]:
    """Return a finding for each file left out since it holds secrets. A zip is sent as it is."""
    if not path.is_dir():
        return ()
    return tuple(secret_findings({**list_flow(path).secrets, **included_files(path).secrets}))


def ignored_files(path: Path) -> LeftOut:
    """What ignore files keep from the package of a folder. A zip is taken as it is."""
    if not path.is_dir():
        return {}
    return {**included_files(path).ignored, **list_flow(path).ignored}


def taken_from_outside(path: Path) -> tuple[Finding, ...]:
    """Return a warning for each file from outside the flow. A zip is sent as it is."""
    return outside_findings(path) if path.is_dir() else ()


def _no_package(path: Path) -> CommandError:
    reason = "is neither a folder nor a .zip" if path.exists() else "does not exist"
    return refused(f"{path} {reason}")


def _files(folder: Path) -> dict[str, Path]:
    listing = list_flow(folder)
    beside = (name for name in listing.beside.names if (folder / name).is_file())
    own = {name: folder / name for name in (*listing.kept, *beside)}
    return own | dict(included_files(folder).files)
