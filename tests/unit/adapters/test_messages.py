from shared.adapters.bus import change_id


def test_a_change_is_identified_by_its_folder_and_second() -> None:
    one = change_id("prod/echo/a.py", "2026-11-22T15:00:00+00:00")
    assert change_id("prod/echo/b.py", "2026-11-22T15:00:00.9Z") == one
    assert change_id("prod/echo/b.py", "2026-11-22T16:00:00+01:00") == one
    assert change_id("prod/echo/b.py", "2026-11-22T15:00:01Z") != one
    assert change_id("prod/other/a.py", "2026-11-22T15:00:00Z") != one
    assert len(one) <= 128
