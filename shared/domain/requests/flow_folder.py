"""What makes a folder of the flows container a flow."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.domain.requests.source import FileVersion

FLOW_FILES = ("flow.dag.yaml", "flow.dag.yml", "flow.flex.yaml", "flow.flex.yml")


def is_lone_prompty(folder: str, path: str) -> bool:
    """Return whether a blob is a prompty directly in the folder (its path ends with a slash)."""
    name = path.removeprefix(folder)
    return path.startswith(folder) and "/" not in name and name.endswith(".prompty")


def is_prompty_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a folder has one prompty and no flow file: the runtime serves it as a flow."""
    inside = [it for it in files if it.path.startswith(folder)]
    alone = sum(is_lone_prompty(folder, it.path) for it in inside) == 1
    return alone and not is_flow_folder(folder, inside)


def is_flow_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a flow file is directly in the folder (its path ends with a slash)."""
    wanted = {f"{folder}{name}" for name in FLOW_FILES}
    return any(it.path in wanted for it in files)


def flow_folders(files: Iterable[FileVersion]) -> dict[str, list[FileVersion]]:
    """The topmost folders with a flow file, and those with one prompty, with all their files."""
    files = list(files)
    flows = {_folder(it.path) for it in files if _name(it.path) in FLOW_FILES and "/" in it.path}
    prompties = Counter(_folder(it.path) for it in files if it.path.endswith(".prompty"))
    lone = {folder for folder, count in prompties.items() if count == 1} - flows - {"/"}
    found = dict[str, list[FileVersion]]()
    above = set[str]()
    for folder in (*sorted(flows), *sorted(lone)):
        if folder in above or any(it in found for it in _folders(folder)):
            continue
        found[folder] = []
        above.update(_folders(folder))
    for file in files:
        for folder in _folders(file.path):
            if folder in found:
                found[folder].append(file)
    return found


def _folders(path: str) -> Iterator[str]:
    """The folders that a blob is in, or a folder and those above it; each ends with a slash."""
    at = path.find("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def _folder(path: str) -> str:
    return f"{path.rpartition('/')[0]}/"


def _name(path: str) -> str:
    return path.rpartition("/")[2]
