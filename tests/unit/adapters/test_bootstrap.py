from pathlib import Path

import pytest

from shared.adapters.webhook import HttpWebhook
from shared.bootstrap import build
from shared.settings import WrongSettings, read_settings

SETTINGS = {
    "SluiceStorage": "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;"
    "BlobEndpoint=http://127.0.0.1:1/a",
    "SluiceServiceBus": "Endpoint=sb://127.0.0.1;SharedAccessKeyName=n;SharedAccessKey=a2V5",
    "AZURE_SUBSCRIPTION_ID": "s",
    "AZURE_RESOURCE_GROUP": "g",
    "AZURE_ML_WORKSPACE": "w",
}


def test_results_go_to_the_webhook_if_one_is_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("IDENTITY_HEADER", "h")

    ports = build(read_settings({**SETTINGS, "WEBHOOK_URL": "https://example.org/hook"}))

    assert isinstance(ports.webhook, HttpWebhook)
    assert build(read_settings(SETTINGS)).webhook is None


TABLE = """{"currency": "EUR", "date": "2026-01-01", "source": "s", "per_hour": {"A": 1}}"""


def test_prices_are_json_or_the_path_of_a_file(tmp_path: Path):
    file = tmp_path / "prices.json"
    file.write_text(TABLE)
    for given in (TABLE, str(file)):
        table = read_settings({**SETTINGS, "PRICES": given}).price_table
        assert table is not None
        assert (table.price("a"), table.price("b")) == (1.0, None)
    assert read_settings(SETTINGS).price_table is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("/nowhere/prices.json", "PRICES: the file '/nowhere/prices.json' cannot be read"),
        (TABLE.replace('"EUR"', '""'), "currency"),
        (TABLE.replace("1}", "-1}"), "per_hour.A"),
        (TABLE.replace("2026-01-01", "yesterday"), "date"),
        ("{", "PRICES"),
    ],
)
def test_a_price_table_that_cannot_be_used_is_told(given: str, told: str):
    with pytest.raises(WrongSettings, match=told):
        read_settings({**SETTINGS, "PRICES": given})


def test_the_example_of_a_price_table_is_one():
    example = Path(__file__).parents[3] / "samples" / "prices.json"
    table = read_settings({**SETTINGS, "PRICES": str(example)}).price_table
    assert table is not None
    assert table.price("Standard_DS3_v2")
