"""Connection string of the broker."""

from typing import Final

KEY_NAME: Final = "RootManageSharedAccessKey"


def connection_string(port: int, key: str) -> str:
    """For the usual SDKs: `true` (in lower case) makes them use plain AMQP without TLS."""
    return (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName={KEY_NAME};"
        f"SharedAccessKey={key};UseDevelopmentEmulator=true"
    )
