"""Failures of storage while Sluice uploads a flow or a build context.

Codes: learn.microsoft.com/rest/api/storageservices/blob-service-error-codes, and its siblings.
"""

from shared.domain.diagnosis.row import Row, Signal

_CODES = "https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes"
_ACCOUNT = "https://learn.microsoft.com/azure/storage/common"
_UPLOADING = r"Uploading .*to (https://|the workspace)"
_FILE = "Uploading flow.dag.yaml to https://a.blob.core.windows.net/azureml-blobstore-1"

ROWS: tuple[Row, ...] = (
    Row(
        "Storage behind a firewall",
        Signal("AuthorizationFailure", f"{_FILE}: This request is not authorized to perform this."),
        "The firewall of the workspace's storage account blocks Sluice",
        "Let Sluice's network in: under the account's networking allow its virtual network, or "
        "its resource instance, or give it a private endpoint there; then redeploy",
        code="AuthorizationFailure",
        said=(_UPLOADING,),
        page=f"{_ACCOUNT}/storage-network-security",
    ),
    Row(
        "Storage that takes no keys",
        Signal(
            "KeyBasedAuthenticationNotPermitted",
            f"{_FILE}: Key based authentication is not permitted on this storage account.",
        ),
        "The workspace's storage account takes no keys, and Sluice's own identity may not write "
        "to it either",
        "Give Sluice's identity 'Storage Blob Data Contributor' on that account, then redeploy",
        code="KeyBasedAuthenticationNotPermitted",
        said=(_UPLOADING,),
        page=f"{_ACCOUNT}/shared-key-authorization-prevent",
    ),
    Row(
        "Storage without its container",
        Signal("ContainerNotFound", f"{_FILE}: The specified container does not exist."),
        "The container of the workspace's default datastore is gone",
        "Create it again under the name that the datastore workspaceblobstore has (az ml "
        "datastore show), or make another datastore of that name; then redeploy",
        code="ContainerNotFound|ContainerBeingDeleted|ContainerDisabled",
        said=(_UPLOADING,),
        page=_CODES,
    ),
    Row(
        "Storage that keeps what it has",
        Signal(
            "BlobImmutableDueToPolicy",
            f"{_FILE}: The blob is immutable due to a policy.",
            status=409,
        ),
        "Storage does not let Sluice overwrite the existing files",
        "Look for an immutability policy, a lease or a legal hold on the container of the "
        "datastore workspaceblobstore, lift it, then redeploy",
        code="BlobImmutableDueToPolicy|Blob.*|Lease.*|Snapshot.*|PendingCopyOperation",
        said=(_UPLOADING,),
        page="https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview",
    ),
    Row(
        "An upload that is broken off",
        Signal("Unreachable", f"{_FILE}: Connection aborted."),
        "The upload to the workspace's storage account was broken off, again and again",
        "See whether that account can be reached from Sluice's network (its firewall, private "
        "endpoints and DNS), and whether it is throttled; then redeploy",
        code="Unreachable",
        said=(_UPLOADING,),
        also=(
            Signal("Unreachable", f"{_FILE}: Server failed to authenticate in time. ServerBusy"),
            Signal("Unreachable", "Uploading to the workspace's storage was not done in 120 s."),
        ),
        page=_CODES,
    ),
)
