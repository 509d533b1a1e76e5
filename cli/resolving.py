"""Resolves a package's requirements against an index, and finds what pip would not tell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
from packaging.utils import canonicalize_name
from packaging.version import Version

from cli.asked_packages import AskedPackage, asked_packages
from cli.errors import refused, unreachable
from cli.pip_lookup import Looked, PipLookup
from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.masking import masked

_NOT_FOUND = re.compile(r"No matching distribution found for ([A-Za-z0-9][A-Za-z0-9._-]*)([^\n]*)")
_CONFLICT = re.compile(r"The conflict is caused by:\n(.*?)\n\s*\n", re.DOTALL)
_REACHED_WITHIN_S: Final = 20
_PIN = "Write the versions that you mean, or leave out what conflicts"


def resolution_findings(content: Content, root: Path, index: str) -> Iterator[Finding]:
    """Find requirements that pip cannot install together, and versions that it would fall back to.

    Args:
        content: What was read of the package.
        root: The package, open.
        index: URL of the package index.

    Raises:
        CommandError: the index does not answer, or pip takes too long.
    """
    _reach(index)
    asked = asked_packages(content, root)
    yield from asked.beyond
    if asked.beyond or not asked.packages:
        return
    pip = PipLookup(index, asked.python)
    wanted = [str(each.requirement) for each in asked.packages]
    found = pip.resolve(wanted)
    if not found.ok:
        yield _unresolved(pip, asked.packages, found.said)
        return
    alone = pip.resolve(wanted, alone=True)
    for each in asked.packages:
        name = canonicalize_name(each.requirement.name)
        newest, chosen = alone.versions.get(name), found.versions.get(name)
        if newest and chosen and Version(chosen) < Version(newest):
            why = _reason(pip, wanted, name, alone.versions)
            yield Finding(
                each.file,
                each.line,
                f"{name} would be {chosen}, though {newest} exists" + (f": {why}" if why else ""),
                _PIN,
                "warning",
            )


def _reason(pip: PipLookup, wanted: Sequence[str], name: str, newest: Mapping[str, str]) -> str:
    """Return why the newest version of a package does not fit; empty if pip does not tell.

    With all of them pinned pip need not try older ones, which may take minutes.
    """
    pins = [f"{each}=={version}" for each, version in newest.items()]
    why = _conflict(pip.resolve([*wanted, *pins]))
    return why if name in why else _conflict(pip.resolve([*wanted, f"{name}=={newest[name]}"]))


def _reach(index: str) -> None:
    """Tell an index that is away from one that lacks a package: pip says the same of both."""
    place = urlsplit(index)
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise refused("a package index is a URL that begins with https:// or http://")
    try:
        requests.head(index, timeout=_REACHED_WITHIN_S)
    except requests.RequestException as away:
        raise unreachable(f"the package index on {place.hostname} does not answer") from away


def _unresolved(pip: PipLookup, packages: Sequence[AskedPackage], said: str) -> Finding:
    missing = _NOT_FOUND.search(said)
    if missing is None:
        why = _conflict(Looked({}, ok=False, said=said))
        if not why:
            lines = [line for line in said.splitlines() if line.startswith("ERROR")]
            told = masked((lines or [said.strip() or "no reason"])[-1])
            raise unreachable(f"pip cannot resolve the requirements: {told}")
        first = next((it for it in packages if it.requirement.name in why), packages[0])
        cause = f"pip cannot install these together: {why}"
        return Finding(first.file, first.line, cause, _PIN)
    name, rest = canonicalize_name(missing[1]), missing[2].strip()
    place = next((it for it in packages if canonicalize_name(it.requirement.name) == name), None)
    where = place or packages[0]
    there = pip.versions(name)
    if place is not None and any(place.requirement.specifier.contains(it) for it in there):
        cause = f"{name} has no wheel for Python {pip.python}: it would be built from its source"
        remedy = "Look at the image build when you deploy it; it may need a compiler"
        return Finding(where.file, where.line, cause, remedy, "warning")
    what = f"{missing[1]}{rest}" if place is not None else f"{missing[1]}{rest}, needed by others,"
    cause = f"the index has no {what} for Python {pip.python}"
    newest = f"it has {', '.join(there[:5])}" if there else "it does not have the package"
    return Finding(where.file, where.line, f"{cause}: {newest}", "Correct the name or the version")


def _conflict(looked: Looked) -> str:
    """Return why packages do not fit together, as pip tells it; empty if it does not.

    pip names every version that it tried: the first of each package is the newest.
    """
    match = _CONFLICT.search(looked.said)
    lines = [line.strip() for line in match[1].splitlines()] if match is not None else []
    first = dict[str, str]()
    for line in lines:
        if " depends on " in line:
            first.setdefault(line.partition(" ")[0], line)
    return " and ".join(first.values())
