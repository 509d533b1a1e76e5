"""A flow that can be deployed, in a folder of its own."""

from pathlib import Path

import pytest

from tests.unit.cli.flow_texts import GOOD, TOOL


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "flow.dag.yaml").write_text(GOOD)
    (folder / "greet.py").write_text(TOOL)
    return folder
