import pickle

from shared.domain.errors import Finding, Rejected
from shared.domain.parsing.document import Document


def test_a_finding_is_printed_as_editors_link_it() -> None:
    finding = Finding("flow.dag.yaml", 12, "it is wrong", "Mend it")
    assert str(finding) == "flow.dag.yaml:12: it is wrong. Mend it"
    assert str(Finding("package", None, "a", "b")) == "package: a. b"


def test_a_finding_survives_json_with_unknown_fields() -> None:
    finding = Finding("a", None, "b", "c", "warning")
    assert Finding.from_dict(finding.to_dict()) == finding
    assert Finding.from_dict({**finding.to_dict(), "later": 1}) == finding


def test_a_rejection_keeps_its_findings_through_pickle() -> None:
    rejected = Rejected([Finding("a", 1, "b", "c"), Finding("d", 2, "e", "f")])
    assert pickle.loads(pickle.dumps(rejected)).findings == rejected.findings
    assert str(rejected) == "a:1: b. c; d:2: e. f"


def test_findings_in_a_document_without_lines_show_the_path() -> None:
    document = Document("manifest", {"endpoint": {"tags": [1]}})
    place = document.finding(("endpoint", "tags", 0), "a", "b")
    assert (place.file, place.line) == ("manifest.endpoint.tags.0", None)
    assert document.has("endpoint", "tags", 0)
    assert not document.has("endpoint", "tags", 1)
    assert not document.has("endpoint", "tags", "0")


def test_a_rejection_in_one_line_names_its_errors() -> None:
    warning, error = Finding("a", 1, "w", "x", "warning"), Finding("b", 2, "e", "y")
    assert str(Rejected([warning, error])) == str(error)
    assert Rejected([warning, error]).findings == (warning, error)
    assert str(Rejected([warning])) == str(warning)
