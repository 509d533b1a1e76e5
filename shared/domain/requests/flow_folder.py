"""What makes a folder of the flows container a flow."""

from collections.abc import Iterable

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
