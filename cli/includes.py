"""What `additional_includes` of a flow brings into its package."""

from collections.abc import Iterator
from pathlib import Path

from cli.errors import refused
from shared.domain.job import FLOW_FILES
from shared.package.kept import kept_files
from shared.package.yaml_text import parse


def included_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name in the package and file on disk, for each file that an include brings in.

    An include keeps the last component of its path, as the prompt flow SDK has it. One that does
    not exist is left out: see `missing_includes`.

    Raises:
        Rejected: the flow file is not YAML.
        CommandError: an include would replace a file of the flow.
    """
    for path in _includes(folder):
        source = (folder / path).resolve()
        if not source.exists():
            continue
        if (folder / source.name).exists():
            raise refused(f"{folder}: the include '{path}' would replace the flow's own file")
        if source.is_file():
            yield source.name, source
        else:
            yield from ((f"{source.name}/{name}", source / name) for name in kept_files(source))


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
