"""Read a package as a scoring script: an az ml deployment that names one, or score.py alone."""

import sys
from datetime import UTC, datetime

from shared.domain.errors import Finding, Rejected
from shared.domain.kinds.files import Files
from shared.domain.kinds.sample_file import SAMPLE_FILE
from shared.domain.kinds.scoring_script.asked import Asked
from shared.domain.kinds.scoring_script.reading import Outside, conda_path, read_script
from shared.domain.parsing.document import Document
from shared.domain.requests.flow_folder import CONDA_FILES, REQUIREMENTS_FILE, SCRIPT_FILE
from shared.package.kinds.deployments import deployments
from shared.package.kinds.package import Package, Read
from shared.package.kinds.texts import Texts
from shared.package.texts import read_requirements_text
from shared.package.yaml_text import parse


def recognise(package: Package) -> bool:
    """Return whether a deployment names a script, or score.py lies beside what it needs."""
    needed = any(it in package.files for it in (*CONDA_FILES, REQUIREMENTS_FILE))
    return _asked(package).names_script or (SCRIPT_FILE in package.files and needed)


def read(package: Package) -> Read:
    """Read the script, the modules below its folder, and its conda file or requirements."""
    asked = _asked(package)
    reader = Texts(package)
    texts = dict[str, str]()
    bare = Files(package.files, package.left_out)
    conda = conda_path(asked, bare)
    for path in sorted(package.files):
        needed = path == asked.script_path
        if path.endswith(".py"):
            text = reader.read(path, "error" if needed else "warning")
        elif path == conda:
            text = reader.read(path)
        elif path == SAMPLE_FILE:
            text = reader.read(path, "warning")
        elif path == REQUIREMENTS_FILE:
            text = reader.read(path, read=read_requirements_text)
        else:
            continue
        if text is not None:
            texts[path] = text
    outside = Outside(datetime.now(UTC).date(), sys.stdlib_module_names)
    files = Files(package.files, package.left_out, texts)
    document, wrong = _conda(conda, files)
    content, found = read_script(asked, files, document, outside)
    return content, (*reader.findings, *wrong, *found)


def _asked(package: Package) -> Asked:
    """The deployment, ours or az ml's, that names a script; else one that names an environment."""
    found = [Asked(*it) for it in deployments(package)]
    named = next((it for it in found if it.names_script), None)
    return named or next((it for it in found if it.has_environment), Asked())


def _conda(path: str | None, files: Files) -> tuple[Document | None, tuple[Finding, ...]]:
    if path is None or path not in files.texts:
        return None, ()
    try:
        return parse(files.texts[path], path), ()
    except Rejected as error:
        return None, error.findings
