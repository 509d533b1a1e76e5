import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.domain.errors import Rejected
from shared.package import limits, open_zip

type Zip = Callable[[Mapping[str, str | bytes]], Path]


def causes(archive: Path, into: Path) -> str:
    with pytest.raises(Rejected) as refused:
        open_zip(archive, into)
    assert all(finding.remedy for finding in refused.value.findings)
    return str(refused.value)


def with_entry(archive: Path, change: Callable[[zipfile.ZipInfo], None]) -> Path:
    """Make a zip of one entry with a special header."""
    entry = zipfile.ZipInfo("flow.dag.yaml")
    change(entry)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(entry, "x")
    return archive


def patched(archive: Path, signature: bytes, offset: int, value: bytes) -> Path:
    """Change bytes in every record of the archive that starts with that signature."""
    content = bytearray(archive.read_bytes())
    start = content.find(signature)
    while start >= 0:
        content[start + offset : start + offset + len(value)] = value
        start = content.find(signature, start + 1)
    archive.write_bytes(content)
    return archive


def test_a_zip_is_unpacked_as_it_is(zipped: Zip, tmp_path: Path) -> None:
    root = open_zip(zipped({"flow.dag.yaml": "a: 1", "src/tool.py": "x"}), tmp_path / "out")
    assert root == tmp_path / "out"
    assert (root / "src" / "tool.py").read_text() == "x"


def unicode_path(header: str, name: str) -> bytes:
    """Make the extra field of an entry with that name in its header, as Info-ZIP writes it."""
    content = struct.pack("<BL", 1, zlib.crc32(header.encode("cp437"))) + name.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


def with_unicode_path(archive: Path, header: str, name: str, *, of: str | None = None) -> Path:
    entry = zipfile.ZipInfo(header)
    entry.extra = unicode_path(of or header, name)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(entry, "x")
        file.writestr("flow.dag.yaml", "a: 1")
    return archive


def test_an_entry_with_a_unicode_path_lands_under_its_real_name(tmp_path: Path) -> None:
    archive = with_unicode_path(tmp_path / "f.zip", "caf_.py", "café.py")
    root = open_zip(archive, tmp_path / "out")
    assert sorted(path.name for path in root.iterdir()) == ["café.py", "flow.dag.yaml"]


def test_a_unicode_path_field_of_another_name_is_ignored(tmp_path: Path) -> None:
    archive = with_unicode_path(tmp_path / "f.zip", "a.py", "b.py", of="c.py")
    assert (open_zip(archive, tmp_path / "out") / "a.py").is_file()


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("../b.py", "leads out"),
        ("/b.py", "absolute"),
        ("a\0.py", "invisible"),
        ("flow.dag.yaml", "2 times"),
        ("Flow.dag.yaml", "only in case"),
    ],
)
def test_a_unicode_path_is_checked_like_any_name(tmp_path: Path, name: str, cause: str) -> None:
    archive = with_unicode_path(tmp_path / "f.zip", "a.py", name)
    assert cause in causes(archive, tmp_path / "out")


def test_too_many_folders_are_refused(zipped: Zip, tmp_path: Path) -> None:
    files = {"/".join([f"{n}", *["d"] * 30, "x"]): "" for n in range(130)}
    assert "has 4030 folders, over 4000" in causes(zipped(files), tmp_path / "out")


def test_a_single_top_folder_is_the_root(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({"my flow/flow.dag.yaml": "", "my flow/a.py": ""})
    assert open_zip(archive, tmp_path / "out").name == "my flow"


def test_two_top_folders_are_not_unwrapped(zipped: Zip, tmp_path: Path) -> None:
    assert open_zip(zipped({"a/x": "", "b/x": ""}), tmp_path / "out") == tmp_path / "out"


def test_only_one_folder_is_unwrapped(zipped: Zip, tmp_path: Path) -> None:
    assert open_zip(zipped({"a/b/flow.dag.yaml": ""}), tmp_path / "out") == tmp_path / "out" / "a"


def test_files_of_desktop_tools_are_left_out_and_do_not_hide_the_top_folder(
    zipped: Zip, tmp_path: Path
) -> None:
    archive = zipped({"f/a.py": "1", "f/.DS_Store": "", "__MACOSX/f/._a.py": "", ".DS_Store": ""})
    root = open_zip(archive, tmp_path / "out")
    assert root.name == "f"
    assert [path.name for path in root.rglob("*")] == ["a.py"]


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("/etc/passwd", "absolute"),
        ("../outside.py", "leads out"),
        ("a/../../b.py", "leads out"),
        ("a/..", "leads out"),
        ("a\\b.py", "backslash"),
        ("..\\b.py", "backslash"),
        ("C:/b.py", "absolute"),
        ("c:b.py", "absolute"),
        ("a/" * 33 + "b.py", "over 32 folders deep"),
        ("//server/share/b.py", "absolute"),
        ("a//b.py", "empty part"),
        ("./b.py", "empty part"),
        ("a\nb.py", "control"),
        ("a\u202eyp.b", "control"),
        ("a\u200bb.py", "control"),
        ("x" * 256, "too long"),
        ("é" * 128, "too long"),
        ("/".join(["d" * 50] * 9), "too long"),
    ],
)
def test_a_path_that_is_not_plain_is_refused(
    zipped: Zip, tmp_path: Path, name: str, cause: str
) -> None:
    assert cause in causes(zipped({"flow.dag.yaml": "", name: ""}), tmp_path / "out")
    assert not (tmp_path / "out").exists(), "refused before anything is written"


def test_a_name_that_hides_behind_a_nul_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "flow.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("good.pyXevil", "")
    archive.write_bytes(archive.read_bytes().replace(b"good.pyXevil", b"good.py\0evil"))
    assert "control" in causes(archive, tmp_path / "out")


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        ("Tool.py", "tool.py", "only in case"),
        ("Src/a.py", "src/b.py", "only in case"),
        ("stra\u00dfe.py", "STRASSE.py", "only in case"),
        ("caf\u00e9.py", "cafe\u0301.py", "Unicode form"),
        ("a", "a/b.py", "both file and folder"),
    ],
)
def test_names_that_collide_on_other_systems_are_refused(
    zipped: Zip, tmp_path: Path, first: str, second: str, cause: str
) -> None:
    assert cause in causes(zipped({first: "1", second: "2"}), tmp_path / "out")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "flow.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.py", "1")
        file.writestr("a.py", "2")
    assert "occurs 2 times" in causes(archive, tmp_path / "out")


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (stat.S_IFLNK, "a link"),
        (stat.S_IFBLK, "a device"),
        (stat.S_IFCHR, "a device"),
        (stat.S_IFIFO, "a device"),
        (stat.S_IFSOCK, "a device"),
        (stat.S_IFDIR, "both file and folder"),
    ],
)
def test_only_files_and_folders_are_taken(tmp_path: Path, kind: int, cause: str) -> None:
    def change(entry: zipfile.ZipInfo) -> None:
        entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16

    assert cause in causes(with_entry(tmp_path / "flow.zip", change), tmp_path / "out")


@pytest.mark.parametrize("flag", [0x1, 0x40, 0x2000])
def test_an_encrypted_entry_is_refused(zipped: Zip, tmp_path: Path, flag: int) -> None:
    archive = patched(zipped({"a.py": "x"}), b"PK\x01\x02", 8, struct.pack("<H", flag))
    assert "encrypted" in causes(archive, tmp_path / "out")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_other_than_deflate_is_refused(tmp_path: Path, method: int) -> None:
    def change(entry: zipfile.ZipInfo) -> None:
        entry.compress_type = method

    assert "neither store nor deflate" in causes(
        with_entry(tmp_path / "flow.zip", change), tmp_path / "out"
    )


def test_unknown_compression_is_refused(zipped: Zip, tmp_path: Path) -> None:
    archive = patched(zipped({"a.py": "x"}), b"PK\x01\x02", 10, struct.pack("<H", 42))
    assert "neither store nor deflate" in causes(archive, tmp_path / "out")


def test_too_many_files_are_refused(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({f"f/{number}": "" for number in range(limits.MAX_FILES + 1)})
    assert "2001 files" in causes(archive, tmp_path / "out")


def test_the_limit_itself_is_allowed(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({f"{number}": "" for number in range(limits.MAX_FILES)})
    assert len(list(open_zip(archive, tmp_path / "out").iterdir())) == limits.MAX_FILES


def test_a_zip_that_declares_too_large_a_size_is_refused_unread(
    zipped: Zip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_EXPANDED", 1_000)
    assert "expands to over" in causes(zipped({"a": "x" * 1_001}), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bomb_of_one_entry_is_stopped_while_it_expands(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({"zeros": b"\0" * (8 * 1024 * 1024)})
    assert "entry expands to over 100 times" in causes(archive, tmp_path / "out")
    assert (tmp_path / "out" / "zeros").stat().st_size <= 3 * limits.CHUNK


def test_a_bomb_of_many_small_entries_is_stopped(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({f"{number}": b"\0" * 1_000_000 for number in range(12)})
    assert "package expands to over 100 times" in causes(archive, tmp_path / "out")


def test_a_small_file_of_blanks_is_not_a_bomb(zipped: Zip, tmp_path: Path) -> None:
    root = open_zip(zipped({"blank.txt": b" " * 900_000}), tmp_path / "out")
    assert (root / "blank.txt").stat().st_size == 900_000


def test_a_header_that_lies_about_the_size_is_refused(zipped: Zip, tmp_path: Path) -> None:
    archive = patched(zipped({"a": b"ab" * 5_000}), b"PK\x01\x02", 24, struct.pack("<I", 10))
    assert "damaged" in causes(archive, tmp_path / "out")


def test_entries_that_overlap_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "flow.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", "x" * 100)
        file.writestr("b", "x" * 100)
    content = archive.read_bytes()
    second = content.rfind(b"PK\x01\x02")
    overlapping = content[: second + 42] + b"\0\0\0\0" + content[second + 46 :]
    archive.write_bytes(overlapping.replace(b"\0\0b", b"\0\0a"))
    assert causes(archive, tmp_path / "out")


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06" + b"\0" * 10]
)
def test_a_file_that_is_not_a_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "flow.zip"
    archive.write_bytes(content)
    assert "flow.zip: not a zip archive" in causes(archive, tmp_path / "out")


def test_a_zip_truncated_anywhere_is_refused(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({"a.py": "print(1)" * 50, "b.py": "print(2)" * 50})
    whole = archive.read_bytes()
    for number, length in enumerate(range(0, len(whole), 7)):
        archive.write_bytes(whole[:length])
        assert causes(archive, tmp_path / f"out{number}")


def test_a_flipped_byte_is_refused_or_harmless_but_never_crashes(
    zipped: Zip, tmp_path: Path
) -> None:
    archive = zipped({"a.py": "print(1)" * 20, "b/c.py": "print(2)" * 20})
    whole = archive.read_bytes()
    for position in range(len(whole)):
        archive.write_bytes(
            whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :]
        )
        out = tmp_path / f"out{position}"
        try:
            root = open_zip(archive, out)
        except Rejected:
            continue
        assert root.is_relative_to(out)


def test_an_endless_list_of_entries_is_not_read(zipped: Zip, tmp_path: Path) -> None:
    archive = zipped({f"{number:08}" * 24: "" for number in range(9_000)})
    assert "list of entries is too large" in causes(archive, tmp_path / "out")


def test_all_reasons_are_reported_at_once(zipped: Zip, tmp_path: Path) -> None:
    told = causes(zipped({"../a": "", "/b": "", "c\\d": ""}), tmp_path / "out")
    assert "leads out" in told
    assert "absolute" in told
    assert "backslash" in told
