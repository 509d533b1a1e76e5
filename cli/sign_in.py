"""Tokens of the user who is signed in to Azure, or of a local stack's developer."""

import os
from typing import Any, Final

from cli.errors import unreachable
from cli.target import Target

_MOST_CHARACTERS: Final = 200


def make_credential(target: Target) -> Any:
    """Return the credential to use; nothing is asked yet."""
    import logging  # noqa: PLC0415

    from azure.identity import (  # noqa: PLC0415 - slow to import, and few commands need it
        DefaultAzureCredential,
        ManagedIdentityCredential,
    )

    # It logs a page of warnings about each way to sign in that does not work; the error is enough.
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    if not target.local:
        return DefaultAzureCredential()
    # azure-identity takes a managed identity's address from the environment alone.
    os.environ["IDENTITY_ENDPOINT"] = target["identity_endpoint"]
    os.environ["IDENTITY_HEADER"] = target["identity_header"]
    return ManagedIdentityCredential()


def get_token(credential: Any, audience: str) -> str:
    """Return a token for a service of Azure's.

    Raises:
        CommandError: nobody is signed in.
    """
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415

    try:
        return str(credential.get_token(f"{audience}/.default").token)
    except ClientAuthenticationError as error:
        raise unreachable(not_signed_in(str(error))) from error


def not_signed_in(reason: str) -> str:
    """Say in one line that Azure gives no token, and what to do."""
    first = reason.strip().splitlines()[0][:_MOST_CHARACTERS] if reason.strip() else "no reason"
    return f"not signed in to Azure: run `az login`, or set AZURE_CLIENT_ID and its like ({first})"
