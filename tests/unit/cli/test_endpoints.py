import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main
from tests.unit.cli.fake_sluice import FakeSluice, job, result, served

SHOWN: dict[str, Any] = {
    "name": "hello",
    "state": "Succeeded",
    "made_by_sluice": True,
    "scoring_uri": "https://hello.example/score",
    "traffic": {"d1": 100},
    "links": {"studio": "https://ml.example/hello", "metrics": "https://portal.example/hello"},
    "deployments": [
        {
            "name": "d1",
            "state": "Succeeded",
            "traffic": 100,
            "instance_count": 2,
            "instance_type": "Standard_DS3_v2",
        }
    ],
    "roles": {"granted": [], "missing": [{"role": "AcrPull", "command": "az role ..."}]},
    "drift": [{"what": "instance_count", "asked": 1, "found": 2}],
    "revisions": [{"digest": "44c0144dac91ff", "at": "2026-01-01T00:00:00.0Z", "door": "blob"}],
}
PAGES = {
    "/api/endpoints": {
        "endpoints": [SHOWN, SHOWN | {"name": "theirs", "made_by_sluice": False, "traffic": {}}]
    },
    "/api/endpoints/hello": SHOWN,
}


def _said(fake: FakeSluice, folder: Path, *words: str) -> int:
    stack = folder / "stack.json"
    stack.write_text(json.dumps(fake.facts))
    return main([*words, "--stack", str(stack)])


def test_endpoints_are_listed_with_their_traffic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert _said(fake, tmp_path, "endpoints") == 0
    ours, theirs = capsys.readouterr().out.splitlines()
    assert "d1 100 %" in ours
    assert theirs.endswith("no traffic  (not made by Sluice)")


def test_an_endpoint_is_shown_with_drift_and_missing_roles_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert _said(fake, tmp_path, "show", "hello") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == [
        "hello: Succeeded",
        "  drift       instance_count: asked 1, found 2",
        "  missing     AcrPull: az role ...",
    ]
    assert "  revision    44c0144dac91  2026-01-01T00:00:00Z  by blob" in told
    assert "  page        https://ml.example/hello" in told


def test_an_endpoint_that_is_not_there_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([])) as fake:
        assert _said(fake, tmp_path, "show", "nobody") == 2
    assert "there is no endpoint nobody" in capsys.readouterr().err


def test_a_removal_is_asked_for_once_and_followed_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = [{"kind": "endpoint", "name": "hello"}]
    told = result(kind="removal", removed=gone, scoring_uri=None, traffic={}, credential=None)
    with served(FakeSluice([job(result=told)])) as fake:
        words = ("delete", "hello", "--deployment", "d1", "--force")
        assert _said(fake, tmp_path, *words) == 0
    paths, keys = zip(*fake.deleted, strict=True)
    assert set(paths) == {"/api/endpoints/hello/deployments/d1?force=true"}
    assert len(set(keys)) == 1
    assert len(keys) == 2
    assert "  deleted     endpoint hello" in capsys.readouterr().out
