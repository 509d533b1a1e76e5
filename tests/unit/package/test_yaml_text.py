import pytest

from shared.domain.errors import Rejected
from shared.package import limits, parse

FLOW = """\
# a comment
inputs:
  question: {type: string}
nodes:
- name: a
  source:
    path: a.py
- name: b
"""


def refused(text: str) -> str:
    with pytest.raises(Rejected) as rejected:
        parse(text, "f.yaml")
    return str(rejected.value)


def test_every_key_and_item_has_its_line() -> None:
    document = parse(FLOW, "flow.dag.yaml")
    assert document.line("inputs") == 3  # where its value starts
    assert document.line("nodes", 0) == 5
    assert document.line("nodes", 0, "source", "path") == 7
    assert document.line("nodes", 1, "name") == 8


def test_a_missing_key_has_the_line_of_its_parent() -> None:
    document = parse(FLOW, "flow.dag.yaml")
    assert document.line("nodes", 1, "source", "path") == 8
    assert document.line("nowhere") == document.line() == 2


def test_manifests_are_read_as_yaml_1_1() -> None:
    value = parse("a: off\nb: 010\nc: 1:30\nd: 1_000\ne: 2024-01-01\nf: ~", "f").value
    assert value == {"a": False, "b": 8, "c": 90, "d": 1000, "e": "2024-01-01", "f": None}


def test_flow_files_are_read_as_yaml_1_2() -> None:
    text = "a: off\nb: 010\nc: 1:30\nd: 0o10\ne: 0x1F\nf: 1e3\ng: true\nh:\non: 1"
    assert parse(text, "f", version="1.2").value == {
        "a": "off",
        "b": 10,
        "c": "1:30",
        "d": 8,
        "e": 31,
        "f": 1000.0,
        "g": True,
        "h": None,
        "on": 1,
    }


def test_an_empty_file_is_a_document() -> None:
    assert parse("", "f").value is None
    assert parse("# only this", "f").line("a") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3: refused: key 'a' is defined twice"),
        ("a:\n  b: 1\n  b: 2", "f.yaml:3: refused: key 'b' is defined twice"),
        ("1: a\n0x1: b", "f.yaml:2: refused: key '1' is defined twice"),
        ("a: 1\nb: [", "not YAML: while parsing"),
        ("a: 1\n b: 2", "f.yaml:2: not YAML"),
        ("a: \x00", "not YAML"),
        ("a: 1\n---\nb: 2", "f.yaml:2: not YAML"),
        ("a: 1\nb: *nowhere", "f.yaml:2: not YAML"),
        ("? [a]\n: b", "a key that is not a plain scalar"),
        ("a: !!python/object/apply:os.system [id]", "f.yaml:1: refused: the tag"),
        ("a: !include x", "refused: the tag '!include'"),
        ("a: !!binary aGk=", "refused: the tag"),
        ("a: !!set {x}", "refused: the tag"),
        ("a: !!int many", "not YAML"),
        ("a: &x [*x]", "an alias contains itself"),
        ("a: &x {<<: *x}", "a merge key that refers to itself"),
        ("<<: 1", "a merge key without a mapping"),
        (f"a: {'1' * 5_000}", "a number of over 100 characters"),
        (f"a: 1{':1' * 5_000}", "a number of over 100 characters"),
    ],
)
def test_ambiguous_yaml_is_refused_with_its_line(text: str, told: str) -> None:
    assert told in refused(text)


def test_own_keys_override_those_of_a_merge_key() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*b, *a], z: 3}"
    assert parse(text, "f").value["c"] == {"z": 3, "y": 2, "x": 1}


def test_depth_is_bounded() -> None:
    assert parse("[" * 49 + "]" * 49, "f")
    for text in ("[" * 60 + "]" * 60, "[" * 400_000, "{a: " * 100_000, "- " * 200_000):
        assert "nested too deeply" in refused(text)


def test_size_is_bounded() -> None:
    assert "over 1024 KB" in refused("a: " + "x" * limits.MAX_TEXT)


def test_aliases_count_at_their_expanded_size() -> None:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "too large once its aliases are expanded" in refused("\n".join(laughs))


def test_merges_count_too() -> None:
    base = "a: &a {" + ", ".join(f"k{n}: 1" for n in range(400)) + "}\n"
    assert "aliases" in refused(base + "\n".join(f"b{n}: {{<<: *a}}" for n in range(400)))


def test_merges_of_merges_do_not_multiply() -> None:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 5)}]}}" for n in range(1, 40)]
    assert parse("\n".join(lines), "f").value["a39"] == {"x": 1}


def test_a_chain_of_aliases_counts_towards_the_depth() -> None:
    lines = ["- &a0 [x]", *(f"- &a{n} [*a{n - 1}]" for n in range(1, 80))]
    assert "too large" in refused("\n".join(lines))


def test_lines_before_the_text_are_counted() -> None:
    document = parse("a: 1\nb: 2", "x.prompty", above=1)
    assert document.line("b") == 3
    with pytest.raises(Rejected, match=r"x\.prompty:3: "):
        parse("a: 1\na: 2", "x.prompty", above=1)
