import base64
import hashlib
import hmac
from urllib.parse import quote_plus

import pytest

from local.service_bus.cbs import is_signed

KEYS = {"root": "a/key+=="}
NOW = 1000.0


def _token(name: str = "root", key: str = "a/key+==", expiry: str = "2000") -> str:
    resource = quote_plus("amqp://localhost/queue with space")
    signed = hmac.digest(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256)
    signature = quote_plus(base64.b64encode(signed))
    return f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={name}"


def test_a_token_of_the_key_is_accepted() -> None:
    assert is_signed(_token(), KEYS, NOW)


@pytest.mark.parametrize(
    "token",
    [
        _token(key="another"),
        _token(name="nobody"),
        _token(expiry="999"),
        _token(expiry="soon"),
        _token().replace("se=2000", "se=3000"),
        _token().removeprefix("SharedAccessSignature "),
        "",
        "SharedAccessSignature",
    ],
)
def test_tokens_with_a_wrong_or_missing_signature_are_refused(token: str) -> None:
    assert not is_signed(token, KEYS, NOW)
