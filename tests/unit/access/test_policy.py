import pytest

from shared.domain.policy import parse_policy, refusal, suffix_of, suffixed

POLICY = parse_policy('[{"prefix": "a/", "endpoints": ["faq"], "workspace": "ws", "suffix": true}]')
SUFFIX = suffix_of("/subscriptions/s/workspaces/ws")


def name_of(path: str, name: str) -> str:
    return suffixed(POLICY, path=path, name=name, workspace="ws", suffix=SUFFIX)


def test_a_suffix_is_the_workspaces_own_whatever_the_case_of_its_id():
    assert suffix_of("/SUBSCRIPTIONS/s/workspaces/ws") == SUFFIX
    assert suffix_of("/subscriptions/s/workspaces/other") != SUFFIX
    assert len(SUFFIX) == 7


def test_only_names_that_a_rule_with_a_suffix_allows_get_it():
    assert name_of("a/faq.zip", "faq") == f"faq{SUFFIX}"
    assert name_of("b/faq.zip", "faq") == "faq"
    assert name_of("a/other.zip", "other") == "other"


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [("faq", True), (f"faq{SUFFIX}", True), ("faq-123456", False), (f"other{SUFFIX}", False)],
)
def test_what_a_rule_allows_it_allows_with_its_suffix_too(endpoint: str, allowed: bool):
    why = refusal(POLICY, path="a/faq.zip", endpoint=endpoint, workspace="ws", suffix=SUFFIX)
    assert (why is None) is allowed


def test_an_unknown_field_of_a_rule_is_refused():
    with pytest.raises(ValueError, match="rolls"):
        parse_policy('[{"prefix": "", "endpoints": ["*"], "rolls": []}]')
