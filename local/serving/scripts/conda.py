"""Reads a conda file as far as pip can follow it."""

from typing import Any

import yaml

_NO_PACKAGES = frozenset({"python", "pip", "setuptools", "wheel"})


class CondaFileError(Exception):
    """Conda would refuse the file."""


def requirement_lines(text: str) -> list[str]:
    """Return the packages of a conda file as lines of a requirements file.

    Packages of a conda channel are taken from pip's index under the same name. The Python of this
    machine stands in for the file's.

    Raises:
        CondaFileError: it is no conda file.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CondaFileError(f"the conda file is not YAML: {error}") from error
    dependencies = found.get("dependencies") if isinstance(found, dict) else None
    if not isinstance(dependencies, list):
        raise CondaFileError("the conda file has no list of dependencies")
    return [line for entry in dependencies for line in _lines(entry)]


def _lines(entry: Any) -> list[str]:
    if isinstance(entry, dict):
        other = sorted(set(entry) - {"pip"})
        if other:
            raise CondaFileError(f"conda does not know '{other[0]}' among the dependencies")
        return [str(line) for line in entry["pip"] or ()]
    name, mark, version = str(entry).rpartition("::")[2].partition("=")
    name = name.strip()
    if name.lower() in _NO_PACKAGES or name.lower().rstrip("<>!~ 0123456789.,") in _NO_PACKAGES:
        return []
    if not mark or name[-1:] in "<>!~":
        return [f"{name}{mark}{version}"]
    # One equals sign fixes the version's first parts; a build may follow its version.
    exact, wanted = version.startswith("="), version.lstrip("=").partition("=")[0].strip()
    return [f"{name}=={wanted}" if exact else f"{name}=={wanted}.*"]
