"""How the Functions host reads bindings and paths, and turns values into typed data."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.functions_host.blobs.pattern import compile_path
from local.functions_host.connections import NoConnectionError, connection_string
from local.functions_host.settings import HostSettings, read_host_json
from local.functions_host.worker.conversion import Quoted, typed, typed_metadata
from local.functions_host.worker.function import UnknownSettingError, resolved
from local.functions_host.worker.messages import TypedData

VALUES: list[tuple[Any, str | None, Any]] = [
    ("text", "string", "text"),
    (b"\x00", "bytes", b"\x00"),
    (1.5, "double", 1.5),
    (7, "json", "7"),
    (True, "json", "true"),
    ({"a": 1}, "json", '{"a": 1}'),
    (Quoted("http://x"), "json", '"http://x"'),
    (datetime(2026, 1, 2, tzinfo=UTC), "json", '"2026-01-02T00:00:00.000000Z"'),
    (None, None, None),
]


@pytest.mark.parametrize(("value", "kind", "data"), VALUES)
def test_values_become_typed_data_as_in_the_real_host(value: Any, kind: str, data: Any) -> None:
    made = typed(value)
    assert (made.kind, made.value) == (kind, data)


def test_null_metadata_is_left_out() -> None:
    assert list(typed_metadata({"a": None, "b": 0})) == ["b"]


def test_typed_data_has_no_attribute_that_the_library_mistakes_for_its_module() -> None:
    with pytest.raises(AttributeError):
        _ = TypedData(string="x").TypedData  # type: ignore[attr-defined]


PATHS: list[tuple[str, str, dict[str, str] | None]] = [
    ("flows/{name}", "a/b/c.zip", {"name": "a/b/c.zip"}),
    ("flows/{name}.zip", "a/b.zip", {"name": "a/b"}),
    ("flows/{name}.zip", "a/b.txt", None),
    ("flows/{team}/{name}.zip", "a/b/c.zip", {"team": "a/b", "name": "c"}),
    ("flows/in/{name}", "out/x", None),
    ("flows", "any/thing", {"name": "any/thing"}),
]


@pytest.mark.parametrize(("path", "name", "captures"), PATHS)
def test_a_capture_in_a_blob_path_may_contain_slashes(
    path: str, name: str, captures: dict[str, str] | None
) -> None:
    pattern = compile_path(path)
    assert pattern.container == "flows"
    assert pattern.match(name) == captures


def test_settings_in_bindings_are_resolved_or_refused() -> None:
    binding = {"path": "%C%/{name}", "list": ["%C%"], "direction": 0}
    assert resolved(binding, {"C": "flows"}) == {
        "path": "flows/{name}",
        "list": ["flows"],
        "direction": 0,
    }
    with pytest.raises(UnknownSettingError, match="%C%"):
        resolved(binding, {})


def test_a_connection_is_found_with_and_without_its_prefix() -> None:
    settings = {"AzureWebJobsStorage": "one", "Own": "two"}
    assert connection_string("Storage", "x", settings) == "one"
    assert connection_string("Own", "x", settings) == "two"
    assert connection_string(None, "AzureWebJobsStorage", settings) == "one"
    with pytest.raises(NoConnectionError, match="'Other'"):
        connection_string("Other", "x", settings)


def test_host_json_is_read_over_the_defaults_of_the_real_host(tmp_path: Path) -> None:
    assert read_host_json(tmp_path) == HostSettings()
    extensions = {
        "http": {"routePrefix": ""},
        "serviceBus": {"maxConcurrentCalls": 3, "maxAutoLockRenewalDuration": "1.00:01:30"},
    }
    (tmp_path / "host.json").write_text(json.dumps({"extensions": extensions}))
    read = read_host_json(tmp_path)
    assert (read.route_prefix, read.calls_at_once, read.renewal_seconds) == ("", 3, 86490.0)
