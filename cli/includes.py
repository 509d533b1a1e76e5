"""Files that `additional_includes` of a flow adds to its package."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.errors import refused
from shared.domain.errors import Finding, bounded
from shared.domain.kinds.prompt_flow.environment import include_problem
from shared.domain.left_out import LeftOut
from shared.domain.parsing.document import Document
from shared.domain.requests.flow_folder import FLOW_FILES
from shared.package.beside import read_beside
from shared.package.kept import below, list_folder
from shared.package.paths import printable
from shared.package.secrets import secret_files
from shared.package.texts import read_text
from shared.package.yaml_text import parse


@dataclass(frozen=True)
class Included:
    """What `additional_includes` add, by name in the package.

    Attributes:
        files: The included files.
        secrets: The files left out since they hold secrets, with reasons.
        ignored: The files that an ignore file leaves out, each with the file and line that does.
    """

    files: Mapping[str, Path]
    secrets: Mapping[str, str]
    ignored: LeftOut


def included_files(folder: Path) -> Included:
    """Return the files that `additional_includes` adds to the package of the folder.

    An include keeps the last component of its path, as in the prompt flow SDK. One that does
    not exist is left out: whoever reads the package reports it.

    Raises:
        Rejected: the flow file is not YAML.
        CommandError: an include would replace a file of the flow.
    """
    files, secrets, ignored = dict[str, Path](), dict[str, str](), dict[str, str]()
    wanted = read_beside(folder).wanted
    for path in _includes(folder)[1].values():
        source = _source(folder, path)
        if source is None:
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
            ignored |= {
                f"{source.name}/{name}": f"{path}/{place}"
                for name, place in listing.ignored.items()
            }
    return Included(files, secrets, ignored)


def outside_findings(folder: Path, files: Mapping[str, Path]) -> tuple[Finding, ...]:
    """Warn of each file from outside the folder that holds the flow's folder.

    Dropping a stranger's flow could upload files that its author should not get.

    Args:
        folder: The flow's folder.
        files: The included files, as `included_files` returns them.
    """
    around = folder.resolve().parent
    flow, includes = _includes(folder)
    index_of = {
        source.name: index
        for index, path in includes.items()
        if (source := _source(folder, path)) is not None and not source.is_relative_to(around)
    }
    remedy = "Remove it from additional_includes if the flow does not need it"
    return bounded(
        flow.finding(
            ("additional_includes", index_of[name.partition("/")[0]]),
            f"'{printable(str(source))}' goes into the package, from outside '{around}'",
            remedy,
            "warning",
        )
        for name, source in sorted(files.items())
        if name.partition("/")[0] in index_of
    )


def _source(folder: Path, path: str) -> Path | None:
    """Resolve an include; None if nothing is there, or no file can have that name."""
    place = folder / path
    return place.resolve() if os.path.exists(place) else None  # noqa: PTH110 - Path's own raises


def _includes(folder: Path) -> tuple[Document, dict[int, str]]:
    """Return the flow file, and its valid includes by their index in the list."""
    name = next((it for it in FLOW_FILES if (folder / it).is_file()), None)
    if name is None:
        return Document("package", None), {}
    flow = parse(read_text(folder, name), name, version="1.2")
    listed = flow.value.get("additional_includes") if isinstance(flow.value, dict) else None
    given = enumerate(listed if isinstance(listed, list) else [])
    return flow, {index: path for index, path in given if include_problem(path) is None}
