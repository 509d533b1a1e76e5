"""Read a scoring script, its environment and its model, with all findings."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from posixpath import normpath

from shared.domain.errors import Finding
from shared.domain.kinds.conda import conda_findings, conda_of_requirements, server_findings
from shared.domain.kinds.content import Code, Part
from shared.domain.kinds.files import Files, folder_name
from shared.domain.kinds.registered import registered_model
from shared.domain.kinds.requirements.files import find_needed_files
from shared.domain.kinds.requirements.rules import requirement_findings
from shared.domain.kinds.sample_file import sample_in_file
from shared.domain.kinds.scoring_script.asked import Asked
from shared.domain.kinds.scoring_script.model import DEFAULT_IMAGE, ScoringScript
from shared.domain.kinds.scoring_script.model_files import model_findings
from shared.domain.kinds.scoring_script.model_path import named_path, part_of
from shared.domain.kinds.scoring_script.place import place_findings
from shared.domain.kinds.scoring_script.sample import sample_of
from shared.domain.kinds.scoring_script.source import (
    functions_findings,
    llm_client,
    read_sources,
)
from shared.domain.parsing.document import Document
from shared.domain.requests.flow_folder import CONDA_FILES, REQUIREMENTS_FILE

_MODEL_FOLDER = "model"
"""A folder of this name is the model of a script without an az ml deployment."""


@dataclass(frozen=True)
class Outside:
    """What the domain cannot know: today's date, and the names of Python's own modules."""

    today: date
    builtin: Collection[str]


def conda_path(asked: Asked, files: Files) -> str | None:
    """Return the path of the conda file, whether it is there or not; None without one.

    Where nothing is said of the environment, it is the one at the top of the package.
    """
    if not asked.has_environment:
        return next((it for it in CONDA_FILES if it in files.files), None)
    named = asked.environment.get("conda_file")
    return normpath(named) if isinstance(named, str) else None


def read_script(
    asked: Asked, files: Files, conda: Document | None, outside: Outside
) -> tuple[ScoringScript, tuple[Finding, ...]]:
    """Read the script that is asked for.

    Args:
        asked: Where it is, and what it runs in.
        files: The package, with the texts of its Python files, of requirements.txt and of the
            conda file.
        conda: The conda file; None if there is none, or it cannot be read.
        outside: What is known of the world.
    """
    findings = [*place_findings(asked, files)]
    sources, wrong = read_sources(asked, files, outside.builtin)
    findings.extend(wrong)
    script = next((it for it in sources if it.file == asked.script_path), None)
    if script is not None:
        findings.extend(functions_findings(script))
    path, wrong = _model_path(asked, files)
    registered, unknown = registered_model(asked.model)
    findings.extend(wrong)
    if unknown is not None:
        findings.append(asked.finding_at(("model",), *unknown))
    if registered is None and not (wrong or unknown):
        findings.extend(model_findings(sources, path, files))
    text, wrong = _environment(asked, files, conda, outside.today)
    findings.extend(wrong)
    content = ScoringScript(
        code=Code(Part(asked.code, folder_name(asked.code, "code")), normpath(asked.script)),
        conda=text,
        model_part=part_of(asked, path),
        registered_model=registered,
        sample=(sample_of(script) if script is not None else None) or sample_in_file(files),
        llm_client=llm_client(sources),
        image=str(asked.environment.get("image") or DEFAULT_IMAGE),
    )
    return content, tuple(findings)


def _environment(
    asked: Asked, files: Files, conda: Document | None, today: date
) -> tuple[str | None, tuple[Finding, ...]]:
    """The text of the conda file: the package's, the deployment's, or one of requirements.txt."""
    inline = asked.environment.get("conda_file")
    if isinstance(inline, Mapping):
        at = ("environment", "conda_file")
        document = Document(asked.document.file if asked.document else "", inline)
        found = tuple(
            asked.finding_at(at, it.cause, it.remedy, it.severity)
            for it in (*conda_findings(document, today), *server_findings(document))
        )
        return json.dumps(inline), found
    path = conda_path(asked, files)
    if path is not None:
        if (lacking := files.lacking(path)) is not None:
            cause = f"the conda file: {lacking[0]}"
            at = ("environment", "conda_file")
            return None, (asked.finding_at(at, cause, lacking[1]),)
        if conda is None:
            return files.texts.get(path), ()
        return files.texts.get(path), (*conda_findings(conda, today), *server_findings(conda))
    if not asked.has_environment:
        return _of_requirements(asked, files)
    return None, tuple(_not_installed(asked, files))


def _not_installed(asked: Asked, files: Files) -> Iterator[Finding]:
    """Warn of a file of requirements beside an environment that is used as it is."""
    file = next((it for it in (*CONDA_FILES, REQUIREMENTS_FILE) if it in files.files), None)
    if file is not None:
        cause = f"the environment is used as it is: {file} is not installed"
        remedy = f"Name it as conda_file of the environment, or remove {file}"
        if file == REQUIREMENTS_FILE:
            remedy = f"Write its packages into the environment's conda_file, or remove {file}"
        yield asked.finding_at(("environment",), cause, remedy, "warning")


def _of_requirements(asked: Asked, files: Files) -> tuple[str | None, tuple[Finding, ...]]:
    if REQUIREMENTS_FILE not in files.files:
        cause = "neither a conda file nor requirements.txt says what the script needs"
        remedy = "Add a conda.yaml or a requirements.txt at the top of the package"
        return None, (asked.finding_at(("environment",), cause, remedy),)
    text = files.texts.get(REQUIREMENTS_FILE, "")
    findings = [*requirement_findings(REQUIREMENTS_FILE, files), *_files_named(files)]
    lines = [it.strip() for it in text.replace("\\\n", " ").splitlines()]
    wanted = [it for it in lines if it and not it.startswith("#")]
    return conda_of_requirements(wanted), tuple(findings)


def _files_named(files: Files) -> Iterator[Finding]:
    """Find files of the package that the requirements name: the build has the conda file alone."""
    needed = find_needed_files(REQUIREMENTS_FILE, files.texts, files.files)
    for path in needed:
        if path != REQUIREMENTS_FILE:
            cause = f"the requirements name '{path}', which the image's build does not have"
            remedy = "Write the packages themselves into requirements.txt"
            yield Finding(REQUIREMENTS_FILE, None, cause, remedy)


def _model_path(asked: Asked, files: Files) -> tuple[str | None, tuple[Finding, ...]]:
    """The path of the model in the package; None if it has none there."""
    if not asked.names_script:
        there = any(it.startswith(f"{_MODEL_FOLDER}/") for it in files.files)
        return (_MODEL_FOLDER if there else None), ()
    return named_path(asked, files)
