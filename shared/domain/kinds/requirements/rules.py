"""Check requirements for secrets, and for files that an image build cannot reach."""

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from shared.domain.errors import Finding, Severity
from shared.domain.kinds.files import Files
from shared.domain.kinds.requirements.files import (
    Entry,
    named_file,
    place_of,
    read_requirements,
    walk_entries,
)
from shared.domain.masking import masked, shows_secret
from shared.domain.parsing.text import quoted

_PYPI = frozenset({"pypi.org", "pypi.python.org"})
_USER = re.compile(r"://([^/\s]+)@")
_VARIABLE = re.compile(r"\$\{\w+\}")
_SIGNED = re.compile(
    r"[?&][\w.-]*(?:key|token|sig|signature|secret|password|passwd|pwd|auth|code)=[^&#\s]",
    re.IGNORECASE,
)
_SSH = re.compile(r"(?:\w+\+)?ssh:|(?:git\+)?git@", re.IGNORECASE)
_OWN_IMAGE = (
    "Build an image beforehand and name it as environment.image in the flow file, or "
    "as deployment.environment (docs/how-to/bring-your-own-image.md)"
)


def requirement_findings(path: str, contents: Files) -> Iterator[Finding]:
    """Find faults in a requirements file and in those that it names."""
    folders = {str(above) for file in contents.files for above in PurePosixPath(file).parents}
    for file, entry in walk_entries(path, contents.texts):
        wrong = [*_wrong(file, entry)] or [*_lacking(file, entry, contents, folders)]
        for cause, remedy, severity in wrong or _unreadable(entry):
            yield Finding(file, entry.line, cause, remedy, severity)


def line_findings(file: str, line: int | None, text: str) -> Iterator[Finding]:
    """Find what is wrong with one requirement, wherever it is written, apart from missing files."""
    for entry in read_requirements(text):
        for cause, remedy, severity in [*_wrong(file, entry)] or _unreadable(entry):
            yield Finding(file, line, cause, remedy, severity)


def _lacking(
    file: str, entry: Entry, contents: Files, folders: Collection[str]
) -> Iterator[tuple[str, str, Severity]]:
    """Find a file or folder that the entry names and the flow lacks."""
    place = place_of(file, entry)
    if place is not None and place not in folders and (lacking := contents.lacking(place)):
        yield (
            f"the requirements name a file that the build cannot find: {lacking[0]}",
            lacking[1],
            "error",
        )


def _unreadable(entry: Entry) -> Iterator[tuple[str, str, Severity]]:
    """Find entries that pip refuses as invalid."""
    if entry.kind != "package":
        return
    try:
        if entry.target.endswith(".whl"):
            yield from _other_machine(PurePosixPath(entry.target).name)
        elif not entry.target:
            Requirement(entry.value)
    except (InvalidRequirement, InvalidWheelFilename) as error:
        reason = masked(str(error).partition("\n")[0])[:200]
        yield f"pip does not understand this line: {reason}", "Correct it, or remove it", "error"


def _other_machine(wheel: str) -> Iterator[tuple[str, str, Severity]]:
    platforms = {tag.platform for tag in parse_wheel_filename(wheel)[3]}
    if all(platform.startswith(("win", "macosx")) for platform in platforms):
        cause = f"the wheel '{wheel}' is for {', '.join(sorted(platforms))}, and flows run on Linux"
        yield cause, "Put a wheel for Linux or for any platform into the flow", "error"


def _wrong(file: str, entry: Entry) -> Iterator[tuple[str, str, Severity]]:
    """Find faults of an entry; never quotes credentials, since findings are kept and sent."""
    if _has_credentials(entry):
        cause = "a URL in the requirements holds credentials, which the image would keep"
        remedy = f"Remove them and have them revoked. {_OWN_IMAGE}"
        yield cause, remedy, "error"
    if _needs_ssh(entry):
        cause = "the requirements need SSH, and the image build has no key"
        remedy = "Name a URL with https that needs no credentials, or put a wheel into the flow"
        yield cause, remedy, "error"
    if entry.kind == "host":
        cause = "--trusted-host takes packages from a server whose certificate is not checked"
        yield cause, "Remove it, and name an index with a valid certificate", "warning"
    if "://" in entry.target and (variable := _VARIABLE.search(entry.target)):
        cause = (
            f"pip fills in {variable[0]} from a variable of the image's build, and Azure's build "
            "has none: pip would ask with that text itself"
        )
        yield cause, _OWN_IMAGE, "warning"
    elif entry.kind == "index" or (entry.kind == "links" and "://" in entry.target):
        yield from _index(entry.target)
    if entry.kind == "unknown":
        option = masked(re.split(r"[\s=]", entry.value, maxsplit=1)[0])[:50]
        cause = f"pip takes no option '{option}' in a requirements file"
        yield cause, "Remove it, or correct its name", "warning"
    if _leads_out(file, entry):
        cause = (
            f"'{masked(entry.target)[:100]}' is outside the flow, where the build cannot read it"
        )
        yield cause, "Put the file into the flow's folder, and name it by its path there", "error"


def _index(url: str) -> Iterator[tuple[str, str, Severity]]:
    """Warn of an index or a page of links other than PyPI, which every build uses anyway."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if host not in _PYPI:
        cause = (
            f"the image's build must reach the package index {quoted(host)}, and has no access to "
            "a private feed"
        )
        yield cause, f"If it is public, nothing needs to be done. Else: {_OWN_IMAGE}", "warning"


def _has_credentials(entry: Entry) -> bool:
    """Return whether a URL has credentials; a name other than `git` may be a token."""
    for user in _USER.finditer(entry.target):
        name, _, password = user[1].partition(":")
        if _VARIABLE.sub("", password or name) not in {"", "git"} or shows_secret(name):
            return True
    others = _VARIABLE.sub("", _USER.sub("://", entry.target))
    return "://" in others and (bool(_SIGNED.search(others)) or shows_secret(others))


def _needs_ssh(entry: Entry) -> bool:
    return entry.kind != "host" and bool(_SSH.match(entry.target))


def _leads_out(file: str, entry: Entry) -> bool:
    """Return whether a path is outside the flow, resolved as in `place_of`."""
    if entry.kind not in {"other", "unknown"} and entry.target.lower().startswith("file:"):
        return True
    path = entry.path
    if path is None or _needs_ssh(entry):
        return False
    inside = named_file(file, entry) or normpath(path)
    return "\\" in path or inside.startswith(("/", "..", "~")) or path.startswith(("/", "~", "${"))
