import io
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main
from cli.commands.endpoint import endpoint_lines
from tests.unit.cli.fake_sluice import FakeSluice, job, result, run_cli, served

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


def test_endpoints_are_listed_with_their_traffic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert run_cli(fake, tmp_path, "endpoints") == 0
    ours, theirs = capsys.readouterr().out.splitlines()
    assert "d1 100 %" in ours
    assert theirs.endswith("no traffic  (not made by Sluice)")


def test_the_list_says_which_endpoints_are_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold = {"at": "2026-01-01T00:00:00Z", "by": "", "reason": "", "job": "j1"}
    listed = [SHOWN | {"hold": hold}, SHOWN | {"name": "free", "hold": None}]
    with served(FakeSluice([], pages={"/api/endpoints": {"endpoints": listed}})) as fake:
        assert run_cli(fake, tmp_path, "endpoints") == 0
    held, free = capsys.readouterr().out.splitlines()
    assert held.split() == ["hello", "Succeeded", "d1", "100", "%", "held"]
    assert "held" not in free


def test_an_endpoint_is_shown_with_drift_and_missing_roles_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert run_cli(fake, tmp_path, "show", "hello") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[:3] == [
        "hello: Succeeded",
        "  drift       instance_count: asked 1, found 2",
        "  missing     AcrPull: az role ...",
    ]
    assert "  revision    44c0144dac91  2026-01-01T00:00:00Z  by a drop into storage" in printed
    assert not any("ml.example" in line for line in printed), "a local stack has no portal"


def test_an_endpoint_on_azure_has_its_pages() -> None:
    shown = list(endpoint_lines(SHOWN, local=False))
    assert "  page        https://ml.example/hello" in shown


def test_a_deployment_is_shown_with_its_revision_its_job_and_who_dropped_it() -> None:
    revision = SHOWN["revisions"][0] | {"deployment": "d1", "job": "j1", "by": "ann@example.org"}
    shown = list(endpoint_lines(SHOWN | {"revisions": [revision]}, local=True))
    told = "44c0144dac91  2026-01-01T00:00:00Z  by ann@example.org, job j1"
    assert f"    revision  {told}" in shown
    assert f"  revision    {told}" in shown


def test_a_held_endpoint_names_the_job_that_waits_and_how_to_let_it_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold = {"at": "2026-01-01T00:00:00.000000Z", "by": "", "reason": "it answers nonsense"}
    jobs = [{"job": "j1", "state": "changing"}, {"job": "j2", "state": "held"}]
    pages = {"/api/endpoints/hello": SHOWN | {"hold": hold, "jobs": jobs, "drift": []}}
    with served(FakeSluice([], pages=pages)) as fake:
        assert run_cli(fake, tmp_path, "show", "hello") == 0
    held = "by somebody with a function key since 2026-01-01T00:00:00Z (it answers nonsense)"
    assert capsys.readouterr().out.splitlines()[1:4] == [
        f"  held        {held}. To let jobs go on: sluice resume hello",
        "  job         j1 changes this endpoint now: sluice watch j1",
        "  job         j2 waits until the endpoint is resumed: sluice watch j2",
    ]


def test_a_missing_endpoint_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {"/api/endpoints": PAGES["/api/endpoints"]}
    with served(FakeSluice([], pages=pages)) as fake:
        assert run_cli(fake, tmp_path, "show", "nobody") == 2
        assert run_cli(fake, tmp_path, "endpoint", "helo") == 2
    assert capsys.readouterr().err.splitlines() == [
        "sluice: there is no endpoint 'nobody'; `sluice endpoints` lists those there are",
        "sluice: there is no endpoint 'helo'; did you mean hello?",
    ]


def test_a_removal_is_requested_once_and_followed_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = [{"kind": "endpoint", "name": "hello"}]
    printed = result(kind="removal", removed=gone, scoring_uri=None, traffic={}, credential=None)
    blue = SHOWN["deployments"][0] | {"name": "Blue", "traffic": 0}
    pages = {"/api/endpoints/hello": SHOWN | {"deployments": [blue]}}
    with served(FakeSluice([job(result=printed)], pages=pages)) as fake:
        words = ("delete", "hello", "--deployment", "blue", "--force", "--yes")
        assert run_cli(fake, tmp_path, *words) == 0
    paths, keys = zip(*fake.deleted, strict=True)
    assert set(paths) == {"/api/endpoints/hello/deployments/blue?force=true"}
    assert len(set(keys)) == 1
    assert len(keys) == 2
    assert "  deleted     endpoint hello" in capsys.readouterr().out


def test_what_will_be_deleted_is_listed_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = result(kind="removal", removed=[], scoring_uri=None, traffic={}, credential=None)
    with served(FakeSluice([job(result=printed)], pages=PAGES)) as fake:
        assert run_cli(fake, tmp_path, "delete", "Hello", "--yes") == 0
    assert {path for path, _ in fake.deleted} == {"/api/endpoints/hello?confirm=hello"}
    told_first = capsys.readouterr().err.splitlines()[:2]
    assert told_first == [
        "to be deleted: endpoint hello, Succeeded",
        "  deployment  d1  100 % of the traffic",
    ]


def test_deleting_a_missing_deployment_starts_no_job(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert run_cli(fake, tmp_path, "delete", "hello", "--deployment", "nope", "--yes") == 2
    assert fake.deleted == []
    printed = capsys.readouterr().err
    assert printed == "sluice: endpoint hello has no deployment 'nope'; it has: d1\n"


@pytest.mark.parametrize(("said", "goes"), [("y\n", True), ("\n", False), ("", False)])
def test_deletion_asks_for_confirmation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, goes: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(said))
    printed = result(kind="removal", removed=[], scoring_uri=None, traffic={}, credential=None)
    with served(FakeSluice([job(result=printed)], pages=PAGES)) as fake:
        assert run_cli(fake, tmp_path, "delete", "hello") == 0
    assert bool(fake.deleted) is goes


def test_deletion_without_a_terminal_needs_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with served(FakeSluice([], pages=PAGES)) as fake:
        assert run_cli(fake, tmp_path, "delete", "hello") == 2
    assert fake.deleted == []
    assert "--yes" in capsys.readouterr().err


WRONG = ["", "..", "a/b", "a\0b", "a" * 20_000, "\ud800", "%2e%2e", "a\nb", "-", "é" * 5]


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize(
    "words",
    [
        ("show", "{}"),
        ("delete", "{}", "--yes"),
        ("delete", "hello", "--yes", "--deployment", "{}"),
        ("invoke", "{}", "{{}}"),
        ("watch", "{}"),
        ("drop", "samples/hello", "--as", "team/{}/../x"),
    ],
)
def test_an_invalid_name_is_a_usage_error_and_nothing_is_sent(
    tmp_path: Path, words: tuple[str, ...], name: str
) -> None:
    with served(FakeSluice([], pages=PAGES)) as fake, pytest.raises(SystemExit) as ended:
        run_cli(fake, tmp_path, *(word.format(name) for word in words))
    assert ended.value.code == 2
    assert (fake.deleted, fake.asked, fake.dropped) == ([], [], {})


@pytest.mark.parametrize("words", [("drop", ""), ("check", ""), ("endpoints", "--stack", "")])
def test_an_empty_path_is_not_the_current_folder(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "words", [("watch", ""), ("show", ""), ("drop", ""), ("drop", "samples/hello", "--as", "")]
)
def test_an_empty_argument_is_reported_as_an_unset_variable(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert "it is empty: is a variable not set?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["x.zip/", "hello.ZIP", "a.zip.zip", ".zip", "team/.zip", "team/"])
def test_an_invalid_drop_name_is_a_usage_error(name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["drop", "samples/hello", "--as", name])
    assert ended.value.code == 2
