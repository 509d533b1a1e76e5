from dataclasses import replace

import pytest

from shared.domain.access.caller import Caller
from shared.domain.access.policy import (
    Placement,
    refusal,
    refused_connections,
    refused_identity,
    refused_kind,
    refused_roles,
    suffix_of,
    suffixed,
)
from shared.domain.access.policy_rule import parse_policy
from shared.domain.access.roles import AskedRole

POLICY = parse_policy('[{"prefix": "a/", "endpoints": ["faq"], "workspace": "ws", "suffix": true}]')
SUFFIX = "-123456"
FAQ = Placement("a/faq.zip", f"faq{SUFFIX}", "ws", SUFFIX)


def test_the_suffix_depends_on_the_workspace_and_is_short():
    one, other = suffix_of("/Subscriptions/S"), suffix_of("/subscriptions/s/other")

    assert one == suffix_of("/subscriptions/s")
    assert one != other
    assert len(one) == len("-123456")


def test_only_a_rule_that_allows_the_flow_adds_a_suffix():
    for path, workspace, name in (
        ("a/faq.zip", "ws", "faq-123456"),
        ("b/faq.zip", "ws", "faq"),
        ("a/faq.zip", "other", "faq"),
    ):
        given = suffixed(POLICY, path=path, name="faq", workspace=workspace, suffix=SUFFIX)
        assert given == name


def test_patterns_match_the_name_without_the_suffix():
    assert refusal(POLICY, FAQ) is None
    assert refusal(POLICY, replace(FAQ, endpoint="faq-654321")) is not None


@pytest.mark.parametrize("prefix", ["team", "team/"])
def test_a_prefix_is_a_folder_or_the_one_zip_that_it_names(prefix: str):
    policy = parse_policy(f'[{{"prefix": "{prefix}", "endpoints": ["*"]}}]')

    allowed = {
        path: refusal(policy, Placement(path, "faq", "ws")) is None
        for path in ("team/a.zip", "team/b/c/", "team", "team2/a.zip", "team.zip", "Team/a.zip")
    }

    assert [path for path, may in allowed.items() if may] == ["team/a.zip", "team/b/c/", "team"]


def test_a_prefix_that_names_a_zip_does_not_match_a_folder_of_that_name():
    policy = parse_policy('[{"prefix": "solo.zip", "endpoints": ["*"]}]')

    assert refusal(policy, Placement("solo.zip", "solo", "ws")) is None
    assert refusal(policy, Placement("solo.zip/solo.zip", "solo", "ws")) is not None


def test_endpoints_identities_and_connections_ignore_case():
    policy = parse_policy(
        '[{"prefix": "", "endpoints": ["Faq*"], "identities": ["*/Flows"],'
        ' "connections": ["AOAI"]}]'
    )
    place = Placement("a.zip", "faq-1", "ws")

    assert refusal(policy, place) is None
    assert not refused_identity(policy, place, "/subscriptions/s/flows")
    assert refused_connections(policy, place, ["aoai", "search"]) == ("search",)


def test_by_default_a_rule_allows_no_identity_connection_or_role():
    policy = parse_policy('[{"prefix": "", "endpoints": ["*"]}]')
    place, role = Placement("a.zip", "faq", "ws"), AskedRole("Reader", "/subscriptions/s")

    assert refused_identity(policy, place, "/subscriptions/s/flows")
    assert refused_connections(policy, place, ["aoai"]) == ("aoai",)
    assert refused_roles(policy, place, [role]) == (role,)


def test_callers_limit_a_rule_only_over_http():
    policy = parse_policy(
        '[{"prefix": "", "endpoints": ["*"], "callers": ["ada@*", "role:Deployers"]}]'
    )
    place = Placement("a.zip", "faq", "ws")

    def may(caller: Caller | None) -> bool:
        return refusal(policy, replace(place, caller=caller)) is None

    assert may(None)
    assert may(Caller("Ada@Example.org"))
    assert may(Caller("bob@example.org", ("deployers",)))
    assert not may(Caller("bob@example.org", ("Readers",)))
    assert not may(Caller())


def test_a_caller_named_like_a_role_does_not_match_the_role():
    assert not Caller("role:Deployers").fits("role:Deployers")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"prefix": "", "endpoints": ["*"]}, {"endpoints": ["*"]}]', "rule 2, prefix is missing"),
        ('[{"prefix": "", "endpoints": ["*"], "rolls": []}]', "rule 1, rolls is not a field"),
        ('[{"prefix": "a/../b", "endpoints": []}]', "rule 1, prefix: "),
        ('[{"prefix": "/a", "endpoints": []}]', "rule 1, prefix: "),
        ('[{"prefix": "a", "endpoints": [""]}]', "rule 1, endpoints, 1 must have"),
        ('[{"prefix": ""', "line 1"),
    ],
)
def test_an_invalid_policy_is_reported_by_rule_and_field(text: str, message: str):
    with pytest.raises(ValueError, match=message):
        parse_policy(text)


def test_an_empty_policy_has_no_rules():
    assert parse_policy("  ") == ()


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ('[{"prefix": "", "endpoints": ["*"]}]', None),
        ('[{"prefix": "a", "endpoints": ["*"], "kinds": ["mlflow_model"]}]', None),
        (
            '[{"prefix": "a", "endpoints": ["*"], "kinds": ["scoring_script", "prompt_flow"]}]',
            ("prompt_flow", "scoring_script"),
        ),
        (
            (
                '[{"prefix": "a", "endpoints": ["*"], "kinds": ["prompt_flow"]},'
                '{"prefix": "a/faq.zip", "endpoints": ["faq"], "kinds": ["mlflow_model"]}]'
            ),
            None,
        ),
        (
            (
                '[{"prefix": "a", "endpoints": ["*"], "kinds": ["prompt_flow"]},'
                '{"prefix": "b", "endpoints": ["*"], "kinds": ["mlflow_model"]}]'
            ),
            ("prompt_flow",),
        ),
        ('[{"prefix": "a", "endpoints": ["*"], "kinds": []}]', ()),
    ],
)
def test_a_kind_is_allowed_by_any_rule_that_names_it_or_none(
    rules: str, allowed: tuple[str, ...] | None
):
    place = Placement("a/faq.zip", "faq", "ws")
    assert refused_kind(parse_policy(rules), place, "mlflow_model") == allowed


def test_a_kind_is_written_as_a_name():
    with pytest.raises(ValueError, match="rule 1, kinds, 1"):
        parse_policy('[{"prefix": "", "endpoints": ["*"], "kinds": ["prompt-flow"]}]')
