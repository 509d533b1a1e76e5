"""The configuration of a durable client binding: backend address and management URLs."""

import json

MAX_MESSAGE = 64 << 20


def client_config(hub: str, backend: str, base: str, system_key: str) -> str:
    """Create the binding's JSON, as the Durable extension sends it to gRPC workers.

    Args:
        hub: The task hub's name.
        backend: Address of the backend, `127.0.0.1:PORT`.
        base: URL of this host.
        system_key: Key of the Durable HTTP API; check-status answers embed it.
    """
    http = f"{base}/runtime/webhooks/durabletask"
    return json.dumps(
        {
            "taskHubName": hub,
            "connectionName": "AzureWebJobsStorage",
            "creationUrls": {},
            "managementUrls": {},
            "baseUrl": http,
            "requiredQueryStringParameters": f"taskHub={hub}&connection=Storage&code={system_key}",
            "rpcBaseUrl": f"http://{backend}",
            "httpBaseUrl": http,
            "useForwardedHost": False,
            "maxGrpcMessageSizeInBytes": MAX_MESSAGE,
            "grpcHttpClientTimeout": "00:01:40",
        }
    )
