import json
from pathlib import Path
from typing import Any

import pytest

from cli.commands.consume import consume
from cli.target import Target
from tests.unit.cli.fake_sluice import FakeSluice, run_cli, served

SHOWN: dict[str, Any] = {
    "scoring_uri": "https://hello.example/score",
    "swagger_uri": "https://hello.example/swagger.json",
    "credential": {
        "auth_mode": "key",
        "command": "az ml online-endpoint get-credentials --name hello",
        "note": "It is valid until it is regenerated",
    },
    "sample_request": {"question": "hi"},
    "samples": {
        "curl": "curl hello\n",
        "python": "import requests\n",
        "csharp": "using System;\n",
        "javascript": "fetch();\n",
    },
}
PAGES = {"/api/endpoints/hello/consume": SHOWN, "/api/endpoints": {"endpoints": []}}


def _run(folder: Path, *words: str) -> int:
    with served(FakeSluice([], pages=PAGES)) as fake:
        return run_cli(fake, folder, "consume", *words)


def test_address_and_code_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "hello") == 0
    assert capsys.readouterr().out.splitlines() == [
        "hello: https://hello.example/score",
        "  inputs      https://hello.example/swagger.json",
        "  signs in by key. It is valid until it is regenerated",
        "  key         `sluice invoke` gets it: on the local stack there is no az",
        "",
        "curl hello",
    ]


@pytest.mark.parametrize("language", ["python", "csharp", "javascript"])
def test_the_code_is_in_the_language_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert _run(tmp_path, "hello", "--language", language) == 0
    assert capsys.readouterr().out.endswith(f"\n\n{SHOWN['samples'][language]}")


def test_on_azure_the_command_that_prints_the_key_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        facts = {name: it for name, it in fake.facts.items() if name != "https_proxy"}
        assert consume("hello", "curl", Target(facts, "the test"), as_json=False) == 0
    command = SHOWN["credential"]["command"]
    assert f"  key         ENDPOINT_KEY=$({command})\n" in capsys.readouterr().out


def test_json_has_every_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "hello", "--json") == 0
    assert json.loads(capsys.readouterr().out) == SHOWN


def test_a_missing_endpoint_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "nobody") == 2
    printed = capsys.readouterr()
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)
    assert "there is no endpoint 'nobody'" in printed.err
