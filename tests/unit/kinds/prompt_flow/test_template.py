import pytest

from shared.domain.kinds.prompt_flow.dag.template import TemplateError, template_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Say {{q}}.", {"q"}),
        ("{{ q | upper | default('x') }}", {"q"}),
        ("{{ q.text }} {{ r['key'] }} {{ s[t] }}", {"q", "r", "s", "t"}),
        ("{% for it in items %}{{ it.name }} {{ loop.index }}{% endfor %}", {"items"}),
        ("{% if a and not b == 'c' %}x{% elif d is defined %}y{% else %}z{% endif %}", set("abd")),
        ("{% set x = y %}{{ x }}", {"y"}),
        ("{% set x %}{{ y }}{% endset %}{{ x }}", {"y"}),
        ("{# {{ no }} #}{% raw %}{{ no {% x %}{% endraw %}{{ q }}", {"q"}),
        ("{{ '}}' }}{{ q }}", {"q"}),
        ('{{ "it\'s {{ not }} one" }}', set()),
        ("{%- for k, v in d.items() -%}{{ k }}={{ v }}{%- endfor %}", {"d"}),
        ("{{ f(x=1, y=z) }}", {"f", "z"}),
        ("![image]({{picture}})", {"picture"}),
        ("{ not } %} a {template} }}", set()),
        ("", set()),
    ],
)
def test_undefined_names_of_a_template_are_its_inputs(text: str, names: set[str]) -> None:
    assert template_names(text) == names


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nSay {{q", 2),
        ("{% if q %}x", 1),
        ("{% if q %}\n{% for a in b %}{% endif %}", 2),
        ("{% endif %}", 1),
        ("{# a", 1),
        ("{{ q | nope }}", 1),
        ("a\nb {% nope %}", 2),
        ("{% include 'x' %}", 1),
        ("{% raw %}{{", 1),
        ("{{ a {{ b }}", 1),
        ("{% else %}", 1),
    ],
)
def test_what_jinja_would_refuse_is_reported_with_its_line(text: str, line: int) -> None:
    with pytest.raises(TemplateError) as told:
        template_names(text)
    assert told.value.line == line
    assert told.value.cause


def test_a_long_template_is_parsed_once() -> None:
    text = "{{ a }} 'b' \"c\" {% if d %}x{% endif %}\n" * 20_000
    assert template_names(text) == {"a", "d"}
