"""Users never see pydantic's wording or the names of our classes."""

import json
import re
from collections.abc import Callable

import pytest

from shared.domain.access.policy_rule import parse_policy
from shared.domain.errors import Rejected
from shared.domain.manifest.reading import read_manifest
from shared.domain.parsing.document import Document
from shared.domain.requests.request_body import parse_asked, parse_redeploy
from tests.hostile.bodies import misshapen

FOREIGN = re.compile(
    r"[Ii]nput should|valid dictionary|instance of|Extra inputs|Field required|Value error|"
    r"validation|\b(Asked|AskedSource|Redeploy|Manifest|Deployment|Endpoint|AllowedRole)\b"
)


def _findings(body: object, parse: Callable[[bytes], object] = parse_asked) -> list[str]:
    with pytest.raises(Rejected) as wrong:
        parse(json.dumps(body).encode())
    return [str(it) for it in wrong.value.findings]


def test_a_wrong_body_is_reported_with_the_expected_shape():
    for body, said in (
        ([], "request: this value must be a mapping. Send {"),
        ({}, "request.source: 'source' is missing. "),
        ({"source": 5}, "request.source: 'source' must be a mapping. Send {"),
        ({"source": {"blob": 5}}, "request.source.blob: 'source.blob' must be text. Send {"),
        ({"sauce": {}}, "request.sauce: unknown field 'sauce'. Did you mean 'source'?"),
        ({"source": {}}, "request.source: 'source': name exactly one of blob, folder, run and"),
        ({"source": {"blob": "/a"}}, "request.source.blob: 'source.blob': '/a' cannot be the path"),
    ):
        assert any(it.startswith(said) for it in _findings(body)), _findings(body)


def test_a_wrong_name_has_its_own_remedy():
    assert _findings({"source": {"blob": "/a"}})[0].endswith(
        ". Give the path inside the flows container, such as team/name.zip"
    )


def test_a_wrong_redeploy_is_reported_with_the_shape_of_a_redeploy():
    (told,) = _findings([], parse_redeploy)
    assert told.startswith('request: this value must be a mapping. Send {"revision": ')


def test_no_wrong_body_is_reported_in_pydantics_words():
    told = list[str]()
    for body in misshapen():
        try:
            parse_asked(body)  # some name valid things that do not exist
        except Rejected as wrong:
            told += map(str, wrong.findings)
    assert [it for it in told if FOREIGN.search(it)] == []
    assert len(told) > 100


VALUES: tuple[object, ...] = (5, 1.5, True, "x", [], ["x"], {}, {"x": "y"}, None, "9" * 30, -1)
FIELDS = ("endpoint", "deployment", "model", "flow", "access", "smoke_test", "retain", "ttl", "x")
INNER = ("name", "identity", "tags", "environment", "instance_count", "roles", "expect", "outputs")


def test_no_wrong_manifest_is_reported_in_pydantics_words():
    given = [{field: value} for field in FIELDS for value in VALUES]
    given += [{field: {name: value}} for field in FIELDS for name in INNER for value in VALUES]
    findings = [str(it) for each in given for it in read_manifest(Document("deploy.yaml", each))[2]]
    assert [it for it in findings if FOREIGN.search(it)] == []
    assert len(findings) > 500


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{}", "the list of rules must be a list"),
        ("x", "the list of rules is not JSON: expected value at line 1 column 1"),
        ('[{"prefix": "a"}]', "rule 1, endpoints is missing"),
        ('[{"prefix": "a", "endpoints": 5}]', "rule 1, endpoints must be a list"),
        ('[{"prefix": "a", "endpoints": [""]}]', "rule 1, endpoints, 1 must have at least 1 char"),
        ('[{"prefix": "a", "endpoints": [], "more": 1}]', "rule 1, more is not a field"),
        ('[{"prefix": "..", "endpoints": []}]', "rule 1, prefix: '..' is not a folder"),
    ],
)
def test_a_wrong_policy_is_reported_by_rule_and_field(said: str, told: str):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}") as wrong:
        parse_policy(said)
    assert not FOREIGN.search(str(wrong.value))
