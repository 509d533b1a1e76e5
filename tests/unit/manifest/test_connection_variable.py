"""`${connection.key}` becomes a reference that Azure resolves, for every connection category."""

import pytest

from shared.domain.manifest.connection_variable import ConnectionShape, resolvable, short_reference

SHAPES = {
    "aoai": ConnectionShape("AzureOpenAI", frozenset({"ApiVersion", "apitype"})),
    "keyless": ConnectionShape("azureopenai", frozenset({"ApiVersion"}), keyless=True),
    "search": ConnectionShape("CognitiveSearch"),
    "safety": ConnectionShape("CognitiveService"),
    "mine": ConnectionShape("CustomKeys", frozenset({"Region"})),
    "feed": ConnectionShape("PythonFeed"),
}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("${aoai.api_key}", "aoai/credentials/key"),
        (" ${aoai.api_base} ", "aoai/target"),
        ("${aoai.api_version}", "aoai/metadata/ApiVersion"),
        ("${aoai.api_type}", "aoai/metadata/apitype"),
        ("${keyless.api_base}", "keyless/target"),
        ("${search.api_key}", "search/credentials/key"),
        ("${safety.endpoint}", "safety/target"),
        ("${mine.MY_TOKEN}", "mine/credentials/MY_TOKEN"),
        ("${mine.region}", "mine/metadata/Region"),
    ],
)
def test_a_key_is_looked_up_where_its_connection_category_has_it(said: str, place: str) -> None:
    written, findings = resolvable({"A": said, "B": "1"}, SHAPES)
    assert findings == ()
    assert written == {"A": f"${{{{azureml://connections/{place}}}}}", "B": "1"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("${aoai.key}", "which the category AzureOpenAI does not have"),
        ("${aoai.resource_id}", "which does not have it"),
        ("${keyless.api_key}", "which is used with Entra ID and has no key"),
        ("${feed.api_key}", "which the category PythonFeed does not have"),
    ],
)
def test_an_unknown_key_is_reported_with_the_known_ones(said: str, why: str) -> None:
    [finding] = resolvable({"A": said}, SHAPES)[1]
    assert finding.cause.startswith("A takes '")
    assert why in finding.cause
    assert finding.remedy.startswith("Known keys: ")


@pytest.mark.parametrize("value", ["${gone.key}", "a ${aoai.api_key}", "${aoai}", "${a.b.c}"])
def test_other_values_stay_unchanged(value: str) -> None:
    assert resolvable({"A": value}, SHAPES) == ({"A": value}, ())


def test_a_reference_that_azure_resolves_is_not_a_short_one() -> None:
    assert short_reference("${{azureml://connections/a.b/credentials/key}}") is None
    assert short_reference("${a.b}") == ("a", "b")
