"""What requirements may not say: secrets, and what no build of an image could reach."""

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath

from shared.domain.errors import Finding, Severity
from shared.domain.flow.requirements import Said, named_file, walked
from shared.domain.masking import masked

_USER = re.compile(r"://([^/\s@]+)@")
_OWN_IMAGE = (
    "Build an image beforehand and name it as environment.image in the flow file, or "
    "as deployment.environment (docs/how-to/bring-your-own-image.md)"
)


def requirement_findings(path: str, texts: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with a requirements file and with those that it names.

    Args:
        path: The file's path in the package.
        texts: Texts of the package's files, by path.
    """
    for file, said in walked(path, texts):
        for cause, remedy, severity in _wrong(file, said):
            yield Finding(file, said.line, cause, remedy, severity)


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
    if said.kind == "index" or (said.kind == "links" and "://" in said.target):
        cause = (
            "the requirements name a package index: Azure builds the image without access to "
            "a private feed"
        )
        yield cause, _OWN_IMAGE, "warning"
    if _leads_out(file, said):
        cause = f"'{masked(said.target)[:100]}' leads out of the flow, where no build can follow"
        yield cause, "Put the file into the flow's folder, and name it by its path there", "error"


def _has_credentials(said: Said) -> bool:
    """A name alone may be a token; `git` is none, nor is a variable that the build may give."""
    user = _USER.search(said.target)
    parts = [part for part in user[1].split(":", 1) if part] if user else []
    literal = [part for part in parts if not part.startswith("${") and part != "git"]
    others = _USER.sub("://", said.target)
    return bool(literal) or ("://" in others and masked(others) != others)


def _needs_ssh(said: Said) -> bool:
    return said.target.startswith(("git+ssh:", "ssh:", "git@", "git+git@", "hg+ssh:", "svn+ssh:"))


def _leads_out(file: str, said: Said) -> bool:
    """Whether a path lies outside: pip takes those of files from the file, others from the root."""
    if said.target.startswith("file:"):
        return True
    path = said.path
    if path is None or _needs_ssh(said):
        return False
    inside = named_file(file, said) or normpath(path)
    return "\\" in path or inside.startswith(("/", "..", "~")) or path.startswith(("/", "~", "${"))
