"""View: how to call an endpoint."""

from dataclasses import asdict
from typing import Any

from shared.domain.azure.consume import describe_credential, samples, swagger_url
from shared.domain.identifiers.names import EndpointName
from shared.domain.release.release import from_json
from shared.ports import Ports


def describe_consume(ports: Ports, name: EndpointName) -> dict[str, Any] | None:
    """Address, credential, sample request and code; None if there is no such endpoint.

    The sample request is that of the last release, and so are the names of a chat. If there is
    none, the swagger document lists the inputs.
    """
    endpoint = ports.workspace.endpoint(name)
    if endpoint is None:
        return None
    last = next(iter(ports.ledger.releases(name)), {})
    sample = last.get("sample")
    kept = ports.ledger.read(last["job"], "release") if last else None
    chat = from_json(kept).smoke_test.chat if kept is not None else None
    return {
        "endpoint": name,
        "scoring_uri": endpoint.scoring_uri,
        "swagger_uri": swagger_url(endpoint.scoring_uri),
        "credential": describe_credential(name, endpoint.auth_mode, ports.workspace.facts().id),
        "sample_request": sample,
        "chat": asdict(chat) if chat is not None else None,
        "samples": samples(endpoint.scoring_uri, sample or {}),
    }
