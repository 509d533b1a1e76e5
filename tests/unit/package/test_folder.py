import pytest

from shared.domain.errors import Rejected
from shared.package import check_files, limits


def test_plain_files_are_accepted() -> None:
    check_files([("flow.dag.yaml", 10), ("src/tool.py", 0), ("naïve name.txt", 1)])


@pytest.mark.parametrize("path", ["/a", "../a", "a/../b", "a\\b", "a//b", "", "C:a", "a\tb", "."])
def test_a_path_that_is_not_plain_is_refused(path: str) -> None:
    with pytest.raises(Rejected):
        check_files([("flow.dag.yaml", 1), (path, 1)])


def test_no_combination_of_bad_path_parts_is_accepted() -> None:
    for nasty in ("..", ".", "", "a\\b", "\0", "\u202e", "C:\\x"):
        for path in (f"{nasty}/b", f"a/{nasty}/b", f"a/{nasty}"):
            if path == "a/":  # a folder's own entry
                continue
            with pytest.raises(Rejected):
                check_files([(path, 1)])


def test_names_that_collide_are_refused() -> None:
    with pytest.raises(Rejected, match="only in case"):
        check_files([("README.md", 1), ("readme.md", 1)])


def test_count_and_size_limits_are_reported_together() -> None:
    size = limits.MAX_EXPANDED // limits.MAX_FILES + 1
    with pytest.raises(Rejected) as refused:
        check_files([(f"f{number}", size) for number in range(limits.MAX_FILES + 1)])
    assert len(refused.value.findings) == 2


def test_files_of_desktop_tools_do_not_count() -> None:
    check_files([("a", limits.MAX_EXPANDED), ("__MACOSX/b", 5), (".DS_Store", 5)])
