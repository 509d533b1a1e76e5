"""Paths from outside: in the flows container, and ids of Azure resources."""

import re
from typing import Self

from shared.domain.parsing.text import WrongName, quoted, text_problem

_ARM_PART = re.compile(r"[A-Za-z0-9_.()-]{1,260}")
_LONGEST_PATH = 1024
"""Most characters of a blob's name ('Naming and referencing containers, blobs, and metadata')."""
_REMEDY = "Give the path inside the flows container, such as team/name.zip"


class BlobPath(str):
    """A blob's path inside the flows container; no part of it leads anywhere else.

    Clients and servers resolve `.` and `..`, and take backslashes for slashes, before storage sees
    them. Such paths could get around the policy, so they are refused.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if (problem := path_problem(text)) is not None:
            raise WrongName(f"{quoted(text)} cannot be the path of a blob: {problem}", _REMEDY)
        return super().__new__(cls, text)


class FolderPath(str):
    """A folder's path inside the flows container; it ends with a slash."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        bare = text.strip("/")
        if (problem := path_problem(bare)) is not None:
            raise WrongName(f"{quoted(text)} cannot be the path of a folder: {problem}", _REMEDY)
        return super().__new__(cls, f"{bare}/")


def path_problem(text: str) -> str | None:
    """Return why a text cannot be a path in the flows container, or None."""
    if (problem := text_problem(text, _LONGEST_PATH)) is not None:
        return problem
    if "\\" in text:
        return "it has a backslash"
    parts = text.split("/")
    if "" in parts:
        return "it has an empty part"
    if {".", ".."} & set(parts):
        return "it has a part that leads to another folder"
    return None


def arm_id(text: str) -> str:
    """Return the ARM id unchanged if no part leads to another resource or ends the URL's path.

    Raises:
        WrongName: it is not such an id.
    """
    parts = text.split("/")[1:]
    if not all(map(_ARM_PART.fullmatch, parts)) or {".", ".."} & set(parts):
        raise WrongName(f"{quoted(text)} is not an ARM id")
    return text
