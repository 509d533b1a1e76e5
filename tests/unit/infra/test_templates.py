"""The Bicep files hang together: what the compiler would check first."""

import json
import re

import pytest

from tests.unit.infra.bicep import INFRA, Declared, Expression, Template, read, templates

EVERY = pytest.mark.parametrize("template", templates(), ids=lambda it: it.path.stem)
MODULES = pytest.mark.parametrize(
    ("template", "module"),
    [(it, module) for it in templates() for module in it.modules],
    ids=lambda it: it.path.stem if isinstance(it, Template) else it.name,
)


def test_every_file_belongs_to_one_of_the_two_deployments():
    called = {INFRA / "main.bicep", INFRA / "eventSubscription.bicep"}
    for template in templates():
        called |= {(template.path.parent / it.of).resolve() for it in template.modules}
    assert {it.path for it in templates()} == called


@EVERY
def test_a_file_is_valid_bicep(template: Template):
    assert template.wrong == []


@EVERY
def test_every_name_is_declared_and_used(template: Template):
    assert sorted(template.used - template.declared) == []
    assert sorted({*template.parameters, *template.variables} - template.used) == []


@MODULES
def test_a_module_gets_its_parameters(template: Template, module: Declared):
    wanted = read((template.path.parent / module.of).resolve()).parameters
    given = module.body.get("params", {})
    assert sorted(given.keys() - wanted.keys()) == []
    assert sorted({name for name, needed in wanted.items() if needed} - given.keys()) == []


@EVERY
def test_outputs_that_are_read_exist(template: Template):
    text = template.path.read_text(encoding="utf-8")
    files = {it.name: (template.path.parent / it.of).resolve() for it in template.modules}
    for module, output in re.findall(r"(\w+)!?\.outputs\.(\w+)", text):
        assert output in read(files[module]).outputs


@EVERY
def test_files_that_are_loaded_exist(template: Template):
    text = template.path.read_text(encoding="utf-8")
    for name in re.findall(r"loadJsonContent\('([^']+)'\)", text):
        assert (template.path.parent / name).exists()


def test_an_error_an_unknown_name_and_an_unused_one_would_be_found(tmp_path):
    file = tmp_path / "wrong.bicep"
    file.write_text("param unused string\nvar a = missing\nresource r 'A/b@1' = { name: a\n")
    found = read(file)
    assert found.wrong != []
    assert "missing" in found.used - found.declared
    assert "unused" in found.parameters.keys() - found.used


def test_the_parameters_file_gives_what_main_asks_for():
    given = json.loads((INFRA / "main.parameters.json").read_text())["parameters"]
    wanted = read(INFRA / "main.bicep").parameters
    assert given.keys() <= wanted.keys()
    assert {name for name, needed in wanted.items() if needed} <= given.keys()


def test_names_of_accounts_are_short_enough():
    unique = "x" * 13  # the length of uniqueString()
    for module in read(INFRA / "main.bicep").modules:
        name = module.body["params"].get("name", "") if "params" in module.body else ""
        if module.of == "modules/storage.bicep" and isinstance(name, Expression):
            assert 3 <= len(name.strip("'").replace("${token}", unique)) <= 24
