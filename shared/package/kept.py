"""Which files of a folder are the flow, and the digest over them."""

from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path

from shared.domain.errors import Finding, Rejected
from shared.package.ignore import NAMES, read_ignore_file
from shared.package.paths import printable, tool_litter

STEMS = ("deploy", "endpoint", "deployment", "model")
MANIFESTS = frozenset(f"{stem}.{ending}" for stem in STEMS for ending in ("yaml", "yml"))
"""Files at the root that say how to deploy the flow; not part of what is deployed."""

_NEVER = frozenset({".git", ".runs", "__pycache__"})
"""Folders that the prompt flow SDK leaves out of every upload."""


def kept_files(root: Path) -> tuple[str, ...]:
    """The flow's files, sorted, with forward slashes: what is hashed, and all that is uploaded.

    Left out: manifests, `.git`, `.runs`, `__pycache__`, what desktop tools add, and what the root's
    `.amlignore` names, or its `.gitignore` where there is no `.amlignore`. The two themselves are
    left out as well, so that azure-ai-ml, which is handed these files, leaves out no more.

    Raises:
        Rejected: for links among them, or an ignore file that cannot be read.
    """
    ignored = read_ignore_file(root)
    kept = tuple(
        path
        for path in every_file(root)
        if path not in MANIFESTS
        and path not in NAMES
        and _NEVER.isdisjoint(path.split("/"))
        and not tool_litter(path)
        and not ignored.leaves_out(path)
    )
    refuse_links(root, kept)
    return kept


def context_files(folder: Path) -> tuple[str, ...]:
    """The files of a build context: all but what its own ignore file leaves out, as for a flow.

    Raises:
        Rejected: as `kept_files` does.
    """
    ignored = read_ignore_file(folder)
    kept = tuple(
        path
        for path in every_file(folder)
        if path not in NAMES and not tool_litter(path) and not ignored.leaves_out(path)
    )
    refuse_links(folder, kept)
    return kept


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


def every_file(root: Path) -> tuple[str, ...]:
    """Paths of all there is under a folder but `.git` and the like, sorted; links are files."""
    found = list[str]()
    for folder, folders, files in root.walk():
        folders[:] = [name for name in folders if name not in _NEVER]
        links = [name for name in folders if (folder / name).is_symlink()]
        found.extend((folder / name).relative_to(root).as_posix() for name in (*files, *links))
    return tuple(sorted(found))


def refuse_links(root: Path, paths: Iterable[str]) -> None:
    """Refuses what could lead out of the package, or never end.

    Raises:
        Rejected: with every path that is no plain file.
    """
    cause, remedy = (
        "neither a file nor a folder but a link or a device",
        "Put the file itself there",
    )
    findings = [
        Finding(printable(path), None, cause, remedy)
        for path in paths
        if (root / path).is_symlink() or not (root / path).is_file()
    ]
    if findings:
        raise Rejected(findings)
