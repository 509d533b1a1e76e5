import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from local import places
from local.serving import FlowServing
from local.serving.stamps import stamp
from tests.local.serving.containers import Serve


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Opens a FlowServing over the prompt flow environment, and ends what it started."""
    assert stamp(places.PROMPTFLOW), "make the environment first: python -m local.serving.venv"

    @asynccontextmanager
    async def opened(
        ready_within_s: float = 90, environ: dict[str, str] | None = None
    ) -> AsyncIterator[FlowServing]:
        serving = FlowServing(
            places.PROMPTFLOW,
            tmp_path / "state",
            places.WHEELHOUSE,
            environ or dict(os.environ),
            ready_within_s,
        )
        try:
            yield serving
        finally:
            await serving.close()

    return opened
