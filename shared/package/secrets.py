"""Find the files that hold secrets: packing, digest and upload leave them out with a warning."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from shared.domain.errors import Finding, Rejected
from shared.domain.secret_files import holds_secrets, secret_folder
from shared.package.notebooks import Notebooks
from shared.package.texts import read_text

_REMEDY = (
    "Take it out of the folder, or name it under flow.include_secret_files in deploy.yaml "
    "if the flow needs it"
)


def secret_files(
    root: Path, paths: Iterable[str], wanted: Collection[str] = ()
) -> Mapping[str, str]:
    """The paths that hold or may hold secrets, each with the reason, except those wanted.

    `wanted`: the files that `flow.include_secret_files` names.
    A certificate without a key is no secret; a notebook is one if an output looks like a key.
    """
    notebooks = Notebooks(root)
    found = {path: _why(root, path, notebooks) for path in paths if path not in wanted}
    return {path: why for path, why in found.items() if why}


def secret_findings(secrets: Mapping[str, str]) -> Iterator[Finding]:
    """A warning for each file that was left out; one for a whole folder."""
    left_out = {secret_folder(path) or path: why for path, why in sorted(secrets.items())}
    for path, why in left_out.items():
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
