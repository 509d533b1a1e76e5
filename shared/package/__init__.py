"""Reads dropped packages: zips and folders that are not trusted."""

from shared.package.archive import open_zip
from shared.package.folder import check_files
from shared.package.kept import digest, every_file, kept_files
from shared.package.reading import Reading, read
from shared.package.yaml_text import parse

__all__ = [
    "Reading",
    "check_files",
    "digest",
    "every_file",
    "kept_files",
    "open_zip",
    "parse",
    "read",
]
