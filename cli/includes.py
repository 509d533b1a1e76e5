"""What `additional_includes` of a flow brings into its package."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.errors import refused
from shared.domain.job import FLOW_FILES
from shared.package.beside import look_beside
from shared.package.kept import below, list_folder
from shared.package.secrets import secret_files
from shared.package.yaml_text import parse


@dataclass(frozen=True)
class Included:
    """What includes bring in, by its name in the package, and what stays behind for its secrets."""

    files: Mapping[str, Path]
    secrets: Mapping[str, str]


def included_files(folder: Path) -> Included:
    """The files that `additional_includes` bring into the package of the folder.

    An include keeps the last component of its path, as the prompt flow SDK has it. One that does
    not exist is left out: see `missing_includes`.

    Raises:
        Rejected: the flow file is not YAML.
        CommandError: an include would replace a file of the flow.
    """
    files, secrets, wanted = dict[str, Path](), dict[str, str](), look_beside(folder).wanted
    for path in _includes(folder):
        source = (folder / path).resolve()
        if not source.exists():
            continue
        if (folder / source.name).exists():
            raise refused(f"{folder}: the include '{path}' would replace the flow's own file")
        if source.is_file():
            held = secret_files(source.parent, [source.name], wanted)
            files |= {} if held else {source.name: source}
            secrets |= held
        else:
            listing = list_folder(source, below(wanted, source.name))
            files |= {f"{source.name}/{name}": source / name for name in listing.kept}
            secrets |= {f"{source.name}/{name}": why for name, why in listing.secrets.items()}
    return Included(files, secrets)


def missing_includes(folder: Path) -> list[str]:
    """Includes that lead nowhere, as the flow file writes them.

    Raises:
        Rejected: the flow file is not YAML.
    """
    return [path for path in _includes(folder) if not (folder / path).exists()]


def _includes(folder: Path) -> list[str]:
    for name in FLOW_FILES:
        file = folder / name
        if file.is_file():
            flow = parse(file.read_text(encoding="utf-8"), name, version="1.2").value
            listed = flow.get("additional_includes") if isinstance(flow, dict) else None
            return [str(path) for path in listed] if isinstance(listed, list) else []
    return []
