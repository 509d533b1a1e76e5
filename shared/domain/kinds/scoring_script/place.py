"""Find the script where the deployment says that it is."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import join, normpath

from shared.domain.errors import Finding
from shared.domain.kinds.files import Files, leads_out
from shared.domain.kinds.scoring_script.asked import Asked

_RELATIVE = "scoring_script is the script's path below code"


def place_findings(asked: Asked, files: Files) -> Iterator[Finding]:
    """Find why there is no script at its place.

    Sources: Azure/azure-cli-extensions#8522 for a path that repeats the root.
    """
    if leads_out(asked.code):
        cause = f"the code folder '{asked.code}' is outside the package"
        remedy = "Put the folder into the package, or pack the folder above both"
        yield asked.finding(("code",), cause, remedy)
        return
    lacking = files.lacking(asked.script_path)
    if lacking is None:
        return
    repeated = normpath(asked.script)
    inside = PurePosixPath(repeated)
    if asked.code != "." and inside.is_relative_to(asked.code) and repeated in files.files:
        below = inside.relative_to(asked.code)
        cause = f"'{asked.script}' repeats the code folder: Azure looks for '{asked.script_path}'"
        yield asked.finding(("scoring_script",), cause, f"Write scoring_script: {below}")
        return
    named = sorted(it for it in files.files if PurePosixPath(it).name == inside.name)
    if named:
        cause = f"the script is not under the code folder '{asked.code}': {lacking[0]}"
        remedy = f"There is '{named[0]}'; {_RELATIVE}"
        yield asked.finding(("scoring_script",), cause, remedy)
        return
    cause, remedy = f"there is no scoring script: {lacking[0]}", lacking[1]
    yield asked.finding(("scoring_script",), cause, f"{remedy}; {_RELATIVE}")


def below(folder: str, path: str) -> str | None:
    """Return a path relative to a folder that it is in, or None."""
    if folder == ".":
        return path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None


def joined(folder: str, path: str) -> str:
    """Return the package's path of a path below a folder."""
    return normpath(join(folder, path))
