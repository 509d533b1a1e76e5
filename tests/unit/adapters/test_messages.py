from shared.adapters.bus import change_id
from shared.adapters.operations import _unsigned


def test_a_change_is_known_by_its_folder_and_second() -> None:
    one = change_id("prod/echo/a.py", "2026-11-22T15:00:00+00:00")
    assert change_id("prod/echo/b.py", "2026-11-22T15:00:00.9Z") == one
    assert change_id("prod/echo/b.py", "2026-11-22T16:00:00+01:00") == one
    assert change_id("prod/echo/b.py", "2026-11-22T15:00:01Z") != one
    assert change_id("prod/other/a.py", "2026-11-22T15:00:00Z") != one
    assert len(one) <= 128


def test_a_status_url_loses_its_signature_and_nothing_else() -> None:
    url = "https://management.azure.com/subscriptions/s/mfeOperationsStatus/oeidp:a:b"
    version = "api-version=2025-12-01"
    signed = f"{url}?{version}&t=638&c=MIIH&s=x&h=y"
    assert _unsigned(signed) == f"{url}?{version}"
    assert _unsigned(f"{url}?{version}") == f"{url}?{version}"
