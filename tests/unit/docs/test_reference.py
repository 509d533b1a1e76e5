import json
import re
from pathlib import Path

from docs.manifest_reference import PAGE, page
from shared.domain.manifest import manifest_schema
from shared.settings import Settings

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "docs" / "reference" / "settings.md"
SAMPLE = ROOT / "local.settings.sample.json"


def test_the_manifest_reference_matches_the_models() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(manifest_schema()), "run `make docs`"


def test_every_setting_that_the_app_reads_is_in_the_reference() -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    read = {str(field.alias) for field in Settings.model_fields.values()}
    in_bindings = {
        name
        for file in (ROOT / "functions").rglob("*.py")
        for name in re.findall(r"environ.get\(\"([A-Z_]+)\"", file.read_text())
    }
    assert {"FLOWS_CONTAINER", "SWEEP_SCHEDULE", "WEBSITE_AUTH_ENABLED"} <= in_bindings
    assert [name for name in sorted(read | in_bindings) if f"`{name}`" not in text] == []


def test_every_setting_of_the_sample_is_in_the_reference() -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    values = json.loads(SAMPLE.read_text(encoding="utf-8"))["Values"]
    assert [name for name in values if f"`{name}`" not in text] == []


def test_the_sample_has_every_setting_once() -> None:
    values = json.loads(SAMPLE.read_text(encoding="utf-8"))["Values"]
    read = {str(field.alias) for field in Settings.model_fields.values()}
    # Those with `__` stand for a connection string where an identity is used instead.
    assert {name for name in read if "__" not in name} <= values.keys()


def test_links_between_pages_are_valid() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
