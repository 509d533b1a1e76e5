"""Missing rights of the endpoint's identity."""

from shared.domain.access.roles import (
    ACR_PULL,
    CONNECTION_SECRETS_READER,
    OPENAI_USER,
    READ_DATASTORES,
    READ_SECRETS,
    REPOSITORY_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
)
from shared.domain.diagnosis.row import ARTICLE, TROUBLESHOOTING, Row, Signal

_SECRETS = (
    r"access denied to list workspace secret|connections/[^\s]*list_?secrets"
    r"|action: listsecrets|list secrets"
)
_DENIED = r"unauthori[sz]ed|denied|authoriz|authenticat|forbidden|\b403\b|permission"
_GUIDE = (
    "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#authorization-error"
)
_AUTHORIZATION = f"{TROUBLESHOOTING}#authorization-error"
_SLOW = (
    "It can take more than 15 minutes to take effect, and 24 hours if the identity has the role "
    "through a group"
)

ROWS = (
    Row(
        "Access denied to list workspace secret",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: Access denied to list workspace secret due to invalid "
            "authentication. Please ensure you have gain RBAC role 'Azure Machine Learning "
            "Workspace Connection Secrets Reader' for current workspace, and wait for a few "
            "minutes to make sure the new role takes effect.",
            status=424,
        ),
        "The endpoint's identity may not read the workspace's connections",
        "Give it the role 'Azure Machine Learning Workspace Connection Secrets Reader' on the "
        "workspace, or a custom role with Microsoft.MachineLearningServices/workspaces/"
        f"connections/listsecrets/action. {_SLOW}",
        signs=(_SECRETS,),
        page=f"{ARTICLE}#access-denied-to-list-workspace-secret",
        needs=(CONNECTION_SECRETS_READER.id, READ_SECRETS),
    ),
    Row(
        "Lack authorization to perform datastores/read",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: Lack authorization to perform action "
            "'Microsoft.MachineLearningService/workspaces/datastores/read'",
            status=424,
        ),
        "The flow looks up an index, and the endpoint's identity may not read the workspace's "
        "datastores, where the index is",
        "Give it a custom role with Microsoft.MachineLearningServices/workspaces/datastores/read "
        "on the workspace, or 'AzureML Data Scientist', which lets it do much more. " + _SLOW,
        signs=(r"workspaces/datastores/(read|[^\s]*listsecrets)",),
        page=f"{ARTICLE}#lack-authorization-to-perform-action-microsoftmachinelearningservice"
        "workspacesdatastoresread",
        needs=(READ_DATASTORES,),
    ),
    Row(
        "A keyless connection is refused",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: OpenAI API hits AuthenticationError: Error code: 401 - "
            "{'error': {'code': 'PermissionDenied', 'message': 'Principal does not have access to "
            "API/Operation.'}}",
            status=424,
        ),
        "A connection without a key was used, and the endpoint's identity may not use its target",
        "Give it 'Cognitive Services OpenAI User' on the Azure OpenAI resource that the connection "
        "goes to, or let the connection have a key",
        signs=(
            (
                r"principal does not have access to api|PermissionDenied.*openai"
                r"|lacks the required data action.*CognitiveServices"
            ),
        ),
        page="https://learn.microsoft.com/azure/ai-services/openai/how-to/role-based-access-control",
        needs=(OPENAI_USER.id,),
    ),
    Row(
        "Collected data cannot be written",
        Signal(
            "BadArgument",
            "Startup task failed due to incorrect role assignments on storage account when mdc is "
            f"enabled. {_GUIDE}",
        ),
        "The deployment collects data, and the endpoint's identity may not write it to the "
        "workspace's storage",
        "Give it Storage Blob Data Contributor on the workspace's default storage account, or "
        "remove data_collector from the deployment",
        said=(r"\bmdc\b|data collect",),
        signs=(_DENIED + "|role assignment",),
        page="https://learn.microsoft.com/azure/machine-learning/how-to-collect-production-data",
        needs=(STORAGE_BLOB_DATA_CONTRIBUTOR.id,),
    ),
    Row(
        "The registry does not let the identity pull",
        Signal(
            "BadArgument",
            "Endpoint identity does not have pull permission on the registry. For System Assigned "
            "Identity case and workspace ACR, platform will wire up the permissions but if user is "
            "creating deployment with User Assigned Identity or if using non-workspace ACR, then "
            f"User should grant pull permissions to identity on the registry. {_GUIDE}",
        ),
        "The endpoint's identity may not pull the container image",
        "Give it AcrPull on the registry that has the image, which may be another than the "
        "workspace's; a registry in ABAC mode needs Container Registry Repository Reader instead",
        said=("pull permission",),
        page=_AUTHORIZATION,
        needs=(ACR_PULL.id, REPOSITORY_READER.id),
    ),
    Row(
        "Startup is not authorized",
        Signal("BadArgument", f"Startup task failed due to authorization error. {_GUIDE}"),
        "The endpoint's identity may not pull the container image, or not read the model",
        "Give it AcrPull on the registry that has the image and Storage Blob Data Reader on the "
        "workspace's default storage account, before the deployment",
        said=(r"startup task failed|oe-tsg#authorization-error",),
        signs=(r"authorization|role assignment",),
        page=_AUTHORIZATION,
        needs=(
            *(ACR_PULL.id, REPOSITORY_READER.id),
            *(STORAGE_BLOB_DATA_READER.id, STORAGE_BLOB_DATA_CONTRIBUTOR.id),
        ),
        also=(
            Signal(
                "BadArgument",
                f"Startup task failed due to incorrect role assignments on resource. {_GUIDE}",
            ),
            Signal(
                "BadArgument",
                "Startup task failed due to authorization error. (link: "
                "aka.ms/oe-tsg#authorization-error)",
            ),
        ),
    ),
    Row(
        "The image cannot be pulled",
        Signal(
            "ImageBuildFailure",
            "Container registry authorization failure: unauthorized: authentication required",
        ),
        "The endpoint's identity may not pull the container image",
        "Give it AcrPull on the workspace's container registry before the deployment; a registry "
        "in ABAC mode needs Container Registry Repository Reader instead. Where the registry's "
        "keys have changed: az ml workspace sync-keys. Where it is behind a virtual network, let "
        "the workspace reach it",
        code="ImageBuildFailure|BadArgument|ResourceNotFound",
        said=(_DENIED, r"\bacr|container ?registr|azurecr|pull.*image|image.*pull"),
        page=f"{TROUBLESHOOTING}#container-registry-authorization-failure",
        needs=(ACR_PULL.id, REPOSITORY_READER.id),
    ),
    Row(
        "The model cannot be read",
        Signal(
            "BadArgument",
            "Unable to download user model: This request is not authorized to perform this "
            "operation using this permission.",
        ),
        "The endpoint's identity may not read the model from the workspace's storage",
        "Give it Storage Blob Data Reader on the workspace's default storage account",
        code="BadArgument|ModelDownload.*|UserError",
        said=(_DENIED, r"model|storage|blob|download"),
        page=f"{TROUBLESHOOTING}#authorization-error",
        needs=(STORAGE_BLOB_DATA_READER.id, STORAGE_BLOB_DATA_CONTRIBUTOR.id),
    ),
    Row(
        "SecretsInjectionError",
        Signal(
            "SecretsInjectionError",
            "Failed to retrieve secrets: the identity is not authorized to perform listsecrets",
        ),
        "Azure could not put the secrets of a connection into the container's environment",
        "Give the endpoint's identity 'Azure Machine Learning Workspace Connection Secrets Reader' "
        "on the workspace, and look whether each ${{azureml://connections/...}} names a "
        "connection, and a field of it, that is there",
        code="SecretsInjectionError|SecretsInjection.*",
        page=f"{TROUBLESHOOTING}#error-secretsinjectionerror",
        needs=(CONNECTION_SECRETS_READER.id, READ_SECRETS),
    ),
)
