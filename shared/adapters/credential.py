"""Sluice's own identity in Azure."""

import functools
from typing import TYPE_CHECKING, Any

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

if TYPE_CHECKING:
    from azure.identity import DefaultAzureCredential


class AppCredential:
    """The app's managed identity, or a service principal from the environment.

    azure-identity is slow to import, so it is imported for the first token. Only those credentials
    of its chain are used that can exist in Functions; every other one takes time before it fails.
    A user-assigned identity is named by AZURE_CLIENT_ID, which azure-identity reads itself: a
    client id given here, even None, would hide it.
    """

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Get a token for the scopes, from azure-identity's cache if it is fresh."""
        return self._chain.get_token(*scopes, **options)

    def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """Get the token with the time to renew it."""
        return self._chain.get_token_info(*scopes, options=options)

    def close(self) -> None:
        """Close the connections."""
        self._chain.close()

    @functools.cached_property
    def _chain(self) -> "DefaultAzureCredential":
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - slow to import

        return DefaultAzureCredential(
            exclude_workload_identity_credential=True,
            exclude_shared_token_cache_credential=True,
            exclude_visual_studio_code_credential=True,
            exclude_cli_credential=True,
            exclude_developer_cli_credential=True,
            exclude_powershell_credential=True,
            exclude_broker_credential=True,
            connection_timeout=5,
            read_timeout=5,
            retry_total=1,
        )
