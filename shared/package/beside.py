"""The YAML files beside a flow that say how to deploy it: our manifest, and az ml's own files.

az ml files are recognised by their content, whatever their name. A file with one of az ml's usual
names, whose content does not tell, is what its name says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import normpath
from typing import Literal

from shared.domain.errors import Finding, Rejected
from shared.domain.manifest.az_ml_kind import Section, may_be_az_ml, section_declared, section_of
from shared.domain.manifest.az_ml_refused import refused_kind
from shared.domain.manifest.placeholders import commented_placeholders, unquoted_placeholders
from shared.domain.parsing.document import Document, reach
from shared.domain.requests.flow_folder import FLOW_FILES
from shared.package import limits
from shared.package.ignore import read_ignore_file
from shared.package.texts import read_text
from shared.package.yaml_text import parse

type Part = Section | Literal["deploy"]

PARTS: tuple[Part, ...] = ("deploy", "endpoint", "deployment", "model")
"""The kinds of files beside a flow; a file of this name needs no other sign of its kind."""
_ENDINGS = (".yaml", ".yml")
_NAMED = {f"{part}{ending}": part for part in PARTS for ending in _ENDINGS}
_WHAT = {"endpoint": "online endpoint", "deployment": "online deployment", "model": "model"}


@dataclass(frozen=True)
class Beside:
    """The contents of the files beside a flow.

    Attributes:
        names: The files; they are not part of the flow.
        parts: By kind, the file that is used.
        findings: Why files could not be read.
    """

    names: frozenset[str] = frozenset()
    parts: dict[Part, Document] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def wanted(self) -> frozenset[str]:
        """Files with secrets that our manifest includes all the same; none if it is unreadable."""
        deploy = self.parts.get("deploy")
        names = reach(deploy.value, ("flow", "include_secret_files"))[0] if deploy else None
        return (
            frozenset(normpath(str(it)) for it in names) if isinstance(names, list) else frozenset()
        )


@dataclass(frozen=True)
class _Read:
    """A file beside the flow. Without a document, its findings say why."""

    name: str
    part: Part
    document: Document | None
    findings: tuple[Finding, ...] = ()


def read_beside(root: Path) -> Beside:
    """Read the YAML files at the top of a package that the ignore file does not leave out.

    Raises:
        Rejected: the ignore file cannot be read.
    """
    files, excess = _read_files(root)
    parts, findings = dict[Part, Document](), [*excess]
    kept = dict[Part, str]()
    for file in files:
        findings.extend(file.findings)
        if file.document is None:
            continue
        if file.part in kept:
            findings.append(_second(file, kept[file.part]))
            continue
        kept[file.part] = file.name
        parts[file.part] = file.document
    return Beside(frozenset(file.name for file in files), parts, tuple(findings))


def _read_files(root: Path) -> tuple[list[_Read], list[Finding]]:
    """The files of a known kind, and a finding if there are too many candidates."""
    read, looked_at = list[_Read](), 0
    for name in _candidates(root):
        if name in _NAMED:
            read.append(_named(root, name, _NAMED[name]))
        elif (text := _az_ml_text(root, name)) is not None:
            looked_at += 1
            if looked_at > limits.MAX_AZ_ML_FILES:
                cause = f"over {limits.MAX_AZ_ML_FILES} YAML files beside the flow look like az ml"
                remedy = (
                    "Keep one endpoint and one deployment, and list the rest in the ignore file"
                )
                return read, [Finding(name, None, cause, remedy)]
            read.extend(_by_content(name, text))
    return read, []


def _candidates(root: Path) -> Iterator[str]:
    """Sorted names of YAML files at the top. The ignore file does not hide the usual names."""
    ignored = read_ignore_file(root)
    for path in sorted(root.iterdir()):
        name = path.name
        if not name.lower().endswith(_ENDINGS) or name in FLOW_FILES:
            continue
        if name in _NAMED or not (path.is_symlink() or ignored.leaves_out(name)):
            yield name


def _az_ml_text(root: Path, name: str) -> str | None:
    """The text of a file that may be az ml's by its size and words, else None."""
    path = root / name
    if not path.is_file() or path.stat().st_size > limits.MAX_AZ_ML:
        return None
    try:
        text = read_text(root, name)
    except Rejected:
        return None
    return text if may_be_az_ml(text) else None


def _by_content(name: str, text: str) -> Iterator[_Read]:
    """Recognise a file by its content. Invalid YAML counts only if its `$schema` names a kind."""
    try:
        document = parse(text, name)
    except Rejected as error:
        if (declared := section_declared(text)) is not None:
            yield _Read(name, declared, None, _broken(name, text, error))
        return
    if (section := section_of(document.value)) is not None:
        yield _checked(section, document, text)


def _named(root: Path, name: str, part: Part) -> _Read:
    if (root / name).is_symlink() or not (root / name).is_file():
        return _Read(name, part, None)  # the package is refused for it: see `refuse_links`
    text = ""
    try:
        text = read_text(root, name)
        document = parse(text, name)
    except Rejected as error:
        return _Read(name, part, None, _broken(name, text, error))
    section = section_of(document.value) or part
    if section != "deploy":
        return _checked(section, document, text)
    return _Read(name, "deploy", document, tuple(commented_placeholders(name, text)))


def _checked(section: Section, document: Document, text: str) -> _Read:
    name = document.file
    unfilled = tuple(commented_placeholders(name, text))
    if refused := tuple(refused_kind(section, document)):
        return _Read(name, section, None, refused)
    if _NAMED.get(name) != "deploy":
        return _Read(name, section, document, unfilled)
    cause = f"this is an az ml {_WHAT[section]}, not Sluice's manifest; it is used as such"
    remedy = f"Rename it, for instance to {section}.yaml"
    warning = document.finding(("$schema",), cause, remedy, "warning")
    return _Read(name, section, document, (warning, *unfilled))


def _broken(name: str, text: str, error: Rejected) -> tuple[Finding, ...]:
    return tuple(unquoted_placeholders(name, text)) or error.findings


def _second(file: _Read, first: str) -> Finding:
    if file.part == "deploy":
        return Finding(file.name, None, f"there is also '{first}'", "Keep one of them")
    cause = f"this is a second {_WHAT[file.part]} beside the flow: '{first}' is the other"
    remedy = "Keep one of them in the package, or list the other in the ignore file"
    return Finding(file.name, None, cause, remedy)
