from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.package import Reading, read

type Drop = Callable[[Mapping[str, str]], Reading]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """Write a package of the given texts and read it."""

    def written(files: Mapping[str, str]) -> Reading:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return read(tmp_path)

    return written
