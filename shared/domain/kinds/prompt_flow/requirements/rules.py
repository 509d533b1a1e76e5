"""What requirements may not say: secrets, and what no build of an image could reach."""

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from shared.domain.errors import Finding, Severity
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.requirements.files import Said, named_file, place_of, walked
from shared.domain.masking import masked, shows_secret

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


def requirement_findings(path: str, contents: Contents) -> Iterator[Finding]:
    """What is wrong with a requirements file and with those that it names."""
    folders = {str(above) for file in contents.files for above in PurePosixPath(file).parents}
    for file, said in walked(path, contents.texts):
        wrong = [*_wrong(file, said)] or [*_lacking(file, said, contents, folders)]
        for cause, remedy, severity in wrong or _unreadable(said):
            yield Finding(file, said.line, cause, remedy, severity)


def _lacking(
    file: str, said: Said, contents: Contents, folders: Collection[str]
) -> Iterator[tuple[str, str, Severity]]:
    """A file or folder that the line leads to, and that the flow does not have."""
    place = place_of(file, said)
    if place is not None and place not in folders and (lacking := contents.lacking(place)):
        yield (
            f"the requirements name a file that the build cannot find: {lacking[0]}",
            lacking[1],
            "error",
        )


def _unreadable(said: Said) -> Iterator[tuple[str, str, Severity]]:
    """What pip refuses by its look alone."""
    if said.kind != "package":
        return
    try:
        if said.target.endswith(".whl"):
            yield from _other_machine(PurePosixPath(said.target).name)
        elif not said.target:
            Requirement(said.value)
    except (InvalidRequirement, InvalidWheelFilename) as error:
        reason = masked(str(error).partition("\n")[0])[:200]
        yield f"pip does not understand this line: {reason}", "Correct it, or take it out", "error"


def _other_machine(wheel: str) -> Iterator[tuple[str, str, Severity]]:
    platforms = {tag.platform for tag in parse_wheel_filename(wheel)[3]}
    if all(platform.startswith(("win", "macosx")) for platform in platforms):
        cause = f"the wheel '{wheel}' is for {', '.join(sorted(platforms))}, and flows run on Linux"
        yield cause, "Put a wheel for Linux or for any platform into the flow", "error"


def _wrong(file: str, said: Said) -> Iterator[tuple[str, str, Severity]]:
    """Never with the value of a credential: findings are kept, logged and sent."""
    if _has_credentials(said):
        cause = "a URL in the requirements holds credentials, which the image would keep"
        remedy = f"Take them out and have them revoked. {_OWN_IMAGE}"
        yield cause, remedy, "error"
    if _needs_ssh(said):
        cause = "the requirements need SSH, and the build of an image has no key"
        remedy = "Name a URL with https that needs no credentials, or put a wheel into the flow"
        yield cause, remedy, "error"
    if said.kind == "host":
        cause = "--trusted-host takes packages from a server that nobody has checked"
        yield cause, "Take it off, and name an index with a valid certificate", "warning"
    if "://" in said.target and (variable := _VARIABLE.search(said.target)):
        cause = (
            f"pip fills in {variable[0]} from a variable of the image's build, and Azure's build "
            "has none: pip would ask with that text itself"
        )
        yield cause, _OWN_IMAGE, "warning"
    elif said.kind == "index" or (said.kind == "links" and "://" in said.target):
        cause = (
            "the requirements name a package index: Azure builds the image without access to "
            "a private feed"
        )
        yield cause, _OWN_IMAGE, "warning"
    if said.kind == "unknown":
        option = masked(re.split(r"[\s=]", said.value, maxsplit=1)[0])[:50]
        cause = f"pip takes no option '{option}' in a requirements file"
        yield cause, "Take it out, or correct its name", "warning"
    if _leads_out(file, said):
        cause = f"'{masked(said.target)[:100]}' leads out of the flow, where no build can follow"
        yield cause, "Put the file into the flow's folder, and name it by its path there", "error"


def _has_credentials(said: Said) -> bool:
    """A name alone may be a token; `git` is none, nor is a variable that pip fills in."""
    for user in _USER.finditer(said.target):
        name, _, password = user[1].partition(":")
        if _VARIABLE.sub("", password or name) not in {"", "git"} or shows_secret(name):
            return True
    others = _VARIABLE.sub("", _USER.sub("://", said.target))
    return "://" in others and (bool(_SIGNED.search(others)) or shows_secret(others))


def _needs_ssh(said: Said) -> bool:
    return said.kind != "host" and bool(_SSH.match(said.target))


def _leads_out(file: str, said: Said) -> bool:
    """Whether a path lies outside: pip takes those of files from the file, others from the root."""
    if said.kind not in {"other", "unknown"} and said.target.lower().startswith("file:"):
        return True
    path = said.path
    if path is None or _needs_ssh(said):
        return False
    inside = named_file(file, said) or normpath(path)
    return "\\" in path or inside.startswith(("/", "..", "~")) or path.startswith(("/", "~", "${"))
