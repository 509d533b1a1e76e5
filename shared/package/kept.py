"""List the files of a folder that belong to the flow, and hash them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath

from shared.domain.errors import Finding, Rejected
from shared.domain.left_out import LeftOut
from shared.package.beside import Beside, read_beside
from shared.package.ignore import NAMES, read_ignore_file
from shared.package.paths import is_tool_litter, printable
from shared.package.secrets import secret_files

_NEVER = frozenset({".git", ".runs", "__pycache__"})
"""Folders that the prompt flow SDK leaves out of every upload."""


@dataclass(frozen=True)
class Listing:
    """The files of a flow, the files that are left out, and the files beside it.

    Attributes:
        kept: The flow's files.
        secrets: The files left out for their secrets, with reasons.
        ignored: The files that an ignore file leaves out, each with the file and line that does.
        beside: The files that describe its deployment.
    """

    kept: tuple[str, ...]
    secrets: Mapping[str, str]
    ignored: LeftOut
    beside: Beside = field(default_factory=Beside)


def kept_files(root: Path) -> tuple[str, ...]:
    """The flow's files, sorted, with forward slashes: exactly what is hashed and uploaded.

    Raises as `list_flow` does.
    """
    return list_flow(root).kept


def list_flow(root: Path) -> Listing:
    """The files of the flow in a folder.

    Left out: the files that say how to deploy it, and what `list_folder` leaves out.

    Raises:
        Rejected: as `list_folder` does.
    """
    beside = read_beside(root)
    return replace(list_folder(root, beside.wanted, beside.names), beside=beside)


def list_folder(root: Path, wanted: frozenset[str], apart: frozenset[str] = frozenset()) -> Listing:
    """The files of a folder that is, or becomes, part of a flow.

    Left out: `.git`, `.runs`, `__pycache__`, files that desktop tools add, files with secrets, and
    what the root's `.amlignore` names, or its `.gitignore` if there is no `.amlignore`. These two
    files are left out as well, so that later tools do not filter again.

    Args:
        root: The folder.
        wanted: Files that are included although they hold secrets or are ignored.
        apart: Files that are not part of the flow.

    Raises:
        Rejected: for links among them, or an ignore file that cannot be read.
    """
    listed, ignored = _listed(root, wanted)
    flow = [p for p in listed if p not in apart and _NEVER.isdisjoint(p.split("/"))]
    refuse_links(root, flow)
    secrets = secret_files(root, flow, wanted)
    return Listing(tuple(path for path in flow if path not in secrets), secrets, ignored)


def context_files(root: Path, path: str) -> tuple[str, ...]:
    """The files of a build context inside a package, relative to it, by the same rules.

    Raises:
        Rejected: as `list_flow` does.
    """
    wanted = below(read_beside(root).wanted, path)
    listed, _ = _listed(root / path, wanted)
    refuse_links(root / path, listed)
    secrets = secret_files(root / path, listed, wanted)
    return tuple(each for each in listed if each not in secrets)


def below(paths: Iterable[str], folder: str) -> frozenset[str]:
    """The paths that lie in the folder, relative to it."""
    inside = PurePosixPath(folder)
    return frozenset(
        PurePosixPath(path).relative_to(inside).as_posix()
        for path in paths
        if PurePosixPath(path).is_relative_to(inside)
    )


def _listed(folder: Path, wanted: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """The files of a folder, and those that its ignore file leaves out with its line."""
    rules = read_ignore_file(folder)
    listed, ignored = list[str](), dict[str, str]()
    for path in every_file(folder):
        if path not in wanted and (path in NAMES or is_tool_litter(path)):
            continue
        if path not in wanted and (place := rules.place_of(path)) is not None:
            ignored[path] = place
        else:
            listed.append(path)
    return listed, ignored


def digest(root: Path) -> str:
    """Hash of the flow's content, 64 hexadecimal digits: paths and bytes, nothing else."""
    return digest_of(root, kept_files(root))


def digest_of(root: Path, paths: Iterable[str]) -> str:
    """The same over some of a folder's files."""
    total = sha256()
    for path in paths:
        with (root / path).open("rb") as file:
            content = file_digest(file, "sha256").hexdigest()
        total.update(f"{path}\0{content}\n".encode())
    return total.hexdigest()


def part_files(files: Iterable[str], path: str) -> tuple[str, ...]:
    """The files of a part of a package: a folder, one file, or `.` for all."""
    return tuple(it for it in files if path in {".", it} or it.startswith(f"{path}/"))


def every_file(root: Path) -> tuple[str, ...]:
    """Sorted paths of all files under a folder, without `.git` and the like; links are files."""
    found = list[str]()
    for folder, folders, files in root.walk():
        folders[:] = [name for name in folders if name not in _NEVER]
        links = [name for name in folders if (folder / name).is_symlink()]
        found.extend((folder / name).relative_to(root).as_posix() for name in (*files, *links))
    return tuple(sorted(found))


def refuse_links(root: Path, paths: Iterable[str]) -> None:
    """Refuse links and devices: they could lead out of the package, or never end.

    Raises:
        Rejected: with every path that is not a regular file.
    """
    cause, remedy = (
        "neither a file nor a folder but a link or a device",
        "Replace it with the file itself",
    )
    findings = [
        Finding(printable(path), None, cause, remedy)
        for path in paths
        if (root / path).is_symlink() or not (root / path).is_file()
    ]
    if findings:
        raise Rejected(findings)
