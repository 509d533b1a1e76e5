"""Who Sluice is to Azure."""

import functools
from typing import TYPE_CHECKING, Any

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

if TYPE_CHECKING:
    from azure.identity import DefaultAzureCredential


class AppCredential:
    """The app's managed identity (or a service principal from the environment), when first asked.

    azure-identity takes a while to import, so that waits for the first token. Of its chain only
    those are left that can be in Functions: every other one would cost time before it fails.
    """

    def __init__(self, client_id: str | None = None) -> None:
        self._client_id = client_id

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the scopes, from azure-identity's cache where it is fresh."""
        return self._chain.get_token(*scopes, **options)

    def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """The same with when to renew it."""
        return self._chain.get_token_info(*scopes, options=options)

    def close(self) -> None:
        """End its connections."""
        self._chain.close()

    @functools.cached_property
    def _chain(self) -> "DefaultAzureCredential":
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - slow to import

        return DefaultAzureCredential(
            managed_identity_client_id=self._client_id,
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
