"""What makes a folder of the flows container a package, by the names of its files alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from shared.domain.requests.source import FileVersion

FLOW_FILES = ("flow.dag.yaml", "flow.dag.yml", "flow.flex.yaml", "flow.flex.yml")

SCRIPT_FILE = "score.py"
CONDA_FILES = ("conda.yaml", "conda.yml")
REQUIREMENTS_FILE = "requirements.txt"
MLMODEL_FILE = "MLmodel"
DOCKERFILE = "Dockerfile"
_DEPLOYMENTS = ("deployment.yaml", "deployment.yml")


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


def is_script_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a folder is a package with a scoring script or an MLflow model, by its names.

    It has score.py and what that needs, MLmodel, or an az ml deployment under its usual name; and
    no flow file in it or below.
    """
    inside = [it.path for it in files if it.path.startswith(folder)]
    names = {path.removeprefix(folder) for path in inside}
    return _marks_script(names) and not any(_name(path) in FLOW_FILES for path in inside)


def _marks_script(names: AbstractSet[str]) -> bool:
    """Return whether the names of a folder's own files tell that it is a package without a flow."""
    needed = not names.isdisjoint((*CONDA_FILES, REQUIREMENTS_FILE))
    marks = (*_DEPLOYMENTS, MLMODEL_FILE)
    return (SCRIPT_FILE in names and needed) or not names.isdisjoint(marks)


def is_container_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a folder is a package with a custom container, by its names.

    It has a Dockerfile, and neither a flow nor a script in it or below.
    """
    return folder in _container_folders([it for it in files if it.path.startswith(folder)])


def is_package_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a folder is a package of any kind."""
    files = tuple(files)
    kinds = (is_flow_folder, is_script_folder, is_container_folder, is_prompty_folder)
    return any(it(folder, files) for it in kinds)


def _script_folders(files: Iterable[FileVersion]) -> set[str]:
    """The folders that `is_script_folder` finds."""
    named = _named(files)
    marked = {folder for folder, names in named.items() if _marks_script(names)}
    return marked - _above_flows(named) - {"/"}


def _container_folders(files: Iterable[FileVersion]) -> set[str]:
    """The folders that `is_container_folder` finds."""
    named = _named(files)
    scripts = {folder for folder, names in named.items() if _marks_script(names)}
    above_scripts = {above for folder in scripts for above in _folders(folder)}
    marked = {folder for folder, names in named.items() if DOCKERFILE in names}
    return marked - _above_flows(named) - above_scripts - {"/"}


def _named(files: Iterable[FileVersion]) -> dict[str, set[str]]:
    """The names of each folder's own files."""
    named = defaultdict[str, set[str]](set)
    for file in files:
        named[_folder(file.path)].add(_name(file.path))
    return named


def _above_flows(named: Mapping[str, set[str]]) -> set[str]:
    """The folders with a flow file in them or below."""
    return {
        above
        for folder, names in named.items()
        if not names.isdisjoint(FLOW_FILES)
        for above in _folders(folder)
    }


def flow_folders(files: Iterable[FileVersion]) -> dict[str, list[FileVersion]]:
    """The topmost folders that are a package of any kind, with all their files."""
    files = list(files)
    flows = {_folder(it.path) for it in files if _name(it.path) in FLOW_FILES and "/" in it.path}
    prompties = Counter(_folder(it.path) for it in files if it.path.endswith(".prompty"))
    lone = {folder for folder, count in prompties.items() if count == 1} - flows - {"/"}
    found = dict[str, list[FileVersion]]()
    above = set[str]()
    others = (*sorted(_script_folders(files)), *sorted(_container_folders(files)), *sorted(lone))
    for folder in (*sorted(flows), *others):
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
