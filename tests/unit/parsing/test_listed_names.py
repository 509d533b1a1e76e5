"""Lists of names, and long texts, in findings end at a whole word."""

from shared.domain.errors import LONGEST_TEXT, Finding, bounded
from shared.domain.manifest import read_manifest
from shared.domain.manifest.deployment import Deployment
from shared.domain.parsing.text import join_names
from shared.package import parse


def test_a_list_of_names_tells_how_many_more_there_are() -> None:
    names = [f"name{number}" for number in range(100)]
    *shown, last = join_names(names).split(", ")
    whole, _, more = last.partition(" and ")
    assert [*shown, whole] == names[: len(shown) + 1]
    assert more == f"{100 - len(shown) - 1} more"
    assert len(join_names(names)) < 280
    assert join_names(["a", "b"]) == "a, b"
    assert join_names(["x" * 500]) == "x" * 500
    assert join_names([]) == "none"


def test_an_unknown_field_names_whole_fields_alone() -> None:
    _, _, findings = read_manifest(deploy=parse("deployment: {qqqq: 1}\n", "deploy.yaml"))
    [remedy] = [it.remedy for it in findings]
    named, _, more = remedy.partition(": ")[2].partition(" and ")
    fields = {info.alias or name for name, info in Deployment.model_fields.items()}
    assert set(named.split(", ")) <= fields
    assert more == f"{len(fields) - len(named.split(', '))} more"


def test_a_long_text_is_cut_at_a_whole_word() -> None:
    [finding] = bounded([Finding("a", 1, "word " * 200, "x" * 1_000)])
    assert finding.cause.removesuffix(" …").endswith("word")
    assert len(finding.cause) <= LONGEST_TEXT
    assert len(finding.remedy) <= LONGEST_TEXT
