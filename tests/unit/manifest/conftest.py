from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.package import Reading, read
from tests.unit.manifest.az_ml_texts import FLOW


@pytest.fixture
def drop(tmp_path: Path) -> Callable[[Mapping[str, str]], Reading]:
    """Read a flow of one prompt with files beside it."""

    def written(files: Mapping[str, str]) -> Reading:
        for path, text in {"flow.dag.yaml": FLOW, "a.jinja2": "", **files}.items():
            (tmp_path / path).write_text(text)
        return read(tmp_path)

    return written
