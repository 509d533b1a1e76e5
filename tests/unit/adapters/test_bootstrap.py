import pytest

from shared.adapters.webhook import HttpWebhook
from shared.bootstrap import build
from shared.settings import read_settings

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
