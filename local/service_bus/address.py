"""How a client reaches the broker."""

from typing import Final

KEY_NAME: Final = "RootManageSharedAccessKey"


def connection_string(port: int, key: str) -> str:
    """For the ordinary SDKs, which speak plain AMQP if told so; `true` must be lower case."""
    return (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName={KEY_NAME};"
        f"SharedAccessKey={key};UseDevelopmentEmulator=true"
    )
