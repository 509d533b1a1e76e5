import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

type Zip = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def zipped(tmp_path: Path) -> Zip:
    """Write a zip of the given entries."""

    def write(entries: Mapping[str, str | bytes]) -> Path:
        archive = tmp_path / "flow.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in entries.items():
                file.writestr(name, content)
        return archive

    return write
