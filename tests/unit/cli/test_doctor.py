import json
from pathlib import Path
from typing import Any

import pytest

from cli.commands import doctor
from cli.errors import unreachable
from tests.unit.cli.fake_sluice import KEY, FakeSluice, run_cli, served

FINE = {"area": "settings", "name": "PRICES", "state": "ok", "detail": "", "command": ""}
GRANT = "az role assignment create --role r --scope /s"
MISSING = {
    "area": "permissions",
    "name": "Reader on /s",
    "state": "failed",
    "detail": "Sluice may not read",
    "command": GRANT,
}


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "make_credential", lambda _: None)
    monkeypatch.setattr(doctor, "get_token", lambda *_: "token")


def _asked(folder: Path, checks: list[dict[str, Any]], *words: str) -> int:
    with served(FakeSluice([], pages={"/api/doctor": {"checks": checks, "uses": None}})) as fake:
        return run_cli(fake, folder, "doctor", *words)


def test_where_nothing_is_wrong_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _asked(tmp_path, [FINE]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "This command: 2 of 2 as they should be",
        "Settings: 1 of 1 as they should be",
        "nothing is wrong",
    ]


def test_what_is_wrong_is_shown_with_its_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _asked(tmp_path, [FINE, MISSING]) == 1
    assert capsys.readouterr().out.splitlines()[2:] == [
        "Permissions of Sluice's identity: 0 of 1 as they should be",
        "  failed      Reader on /s: Sluice may not read",
        f"              {GRANT}",
        "1 failed",
    ]


def test_a_warning_alone_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _asked(tmp_path, [MISSING | {"state": "warning"}], "--json") == 0
    told = json.loads(capsys.readouterr().out)["checks"]
    assert [it["state"] for it in told] == ["ok", "ok", "warning"]


def test_a_wrong_key_is_told_with_the_command_that_prints_the_right_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(FakeSluice([])) as fake:
        monkeypatch.setattr(FakeSluice, "facts", fake.facts | {"function_key": f"not {KEY}"})
        assert run_cli(fake, tmp_path, "doctor") == 4
    printed = capsys.readouterr().out
    assert "  failed      SLUICE_FUNCTION_KEY: " in printed
    assert "export SLUICE_FUNCTION_KEY=$(az functionapp keys list" in printed


def test_an_app_that_is_no_sluice_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages={"/api/doctor": {"status": "fine"}})) as fake:
        assert run_cli(fake, tmp_path, "doctor") == 4
    assert "  failed      SLUICE_FUNCTIONS_URL: unexpected answer" in capsys.readouterr().out


def test_who_is_not_signed_in_is_warned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise unreachable("not signed in to Azure")

    monkeypatch.setattr(doctor, "get_token", fail)
    assert _asked(tmp_path, [FINE]) == 0
    assert "  warning     sign-in to Azure: not signed in to Azure" in capsys.readouterr().out
