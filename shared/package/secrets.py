"""The files of a folder that hold secrets: left out of pack, digest and upload, with a warning."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from shared.domain.errors import Finding, Rejected
from shared.domain.secret_files import holds_secrets, secret_folder
from shared.package.notebooks import Notebooks
from shared.package.texts import read_text

_REMEDY = (
    "Take it out of the folder, or name it under flow.include_secret_files in deploy.yaml "
    "where the flow cannot do without"
)


def secret_files(
    root: Path, paths: Iterable[str], wanted: Collection[str] = ()
) -> Mapping[str, str]:
    """Those of the paths that hold secrets, or may, each with the reason; none that is wanted.

    A certificate without its key does not; a notebook does where an output looks like a key.
    """
    notebooks = Notebooks(root)
    found = {path: _why(root, path, notebooks) for path in paths if path not in wanted}
    return {path: why for path, why in found.items() if why}


def secret_findings(secrets: Mapping[str, str]) -> Iterator[Finding]:
    """What the person is told of files that were left out: of a whole folder once."""
    told = {secret_folder(path) or path: why for path, why in sorted(secrets.items())}
    for path, why in told.items():
        what = "left out" if path in secrets else "left out with all files in it"
        yield Finding(path, None, f"{what}: {why}", _REMEDY, "warning")


def _why(root: Path, path: str, notebooks: Notebooks) -> str | None:
    if holds_secrets(path):
        return None if _is_certificate(root, path) else "its name says that it holds secrets"
    return notebooks.left_out(path) if path.lower().endswith(".ipynb") else None


def _is_certificate(root: Path, path: str) -> bool:
    if not path.lower().endswith(".pem"):
        return False
    try:
        text = read_text(root, path)
    except Rejected:
        return False
    return "PRIVATE KEY" not in text and "BEGIN CERTIFICATE" in text
