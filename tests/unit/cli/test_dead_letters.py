import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main
from tests.unit.cli.fake_sluice import FakeSluice, served

LETTER: dict[str, Any] = {
    "queue": "requests",
    "id": "7-0000abcd",
    "enqueued": "2026-01-01T00:00:00.0Z",
    "reason": "MaxDeliveryCountExceeded",
    "description": None,
    "body": "one\ntwo\nthree\nfour",
}
PAGES = {
    "/api/dead-letters": {"dead_letters": [LETTER]},
    "/api/dead-letters/requests/7-0000abcd/replay": {
        "act": "replay",
        "at": "2026-01-01T00:00:01.0Z",
        "job": "j1",
    },
}


def _run(tmp_path: Path, fake: FakeSluice, *words: str) -> int:
    stack = tmp_path / "stack.json"
    stack.write_text(json.dumps(fake.facts))
    return main(["dead-letters", *words, "--stack", str(stack)])


def test_dead_letters_are_listed_with_their_first_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert _run(tmp_path, fake) == 0
    assert capsys.readouterr().out.splitlines() == [
        "requests  7-0000abcd  2026-01-01T00:00:00Z  MaxDeliveryCountExceeded",
        "  one",
        "  two",
        "  three",
        "to take one again: sluice dead-letters replay QUEUE ID",
        "to remove one: sluice dead-letters discard QUEUE ID",
    ]


def test_one_is_replayed_by_its_queue_and_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert _run(tmp_path, fake, "replay", "requests", "7-0000abcd") == 0
        assert [path for path, _ in fake.posted] == [*PAGES][1:]
    assert capsys.readouterr().out.splitlines() == [
        "requests 7-0000abcd was replayed at 2026-01-01T00:00:01Z",
        "its job is j1: sluice watch j1",
    ]


def test_an_unknown_letter_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = (404, b'{"error": "There is no dead letter"}')
    with served(FakeSluice([], pages=PAGES, post=missing)) as fake:
        assert _run(tmp_path, fake, "discard", "requests", "8-0000abcd") == 2
    assert capsys.readouterr().err == "sluice: There is no dead letter\n"


@pytest.mark.parametrize(
    "words", [("results", "7-0000abcd"), ("requests", "../x"), ("requests",), ()]
)
def test_a_wrong_queue_or_id_is_a_usage_error_and_nothing_is_sent(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake, pytest.raises(SystemExit) as ended:
        _run(tmp_path, fake, "replay", *words)
    assert ended.value.code == 2
    assert fake.posted == []
