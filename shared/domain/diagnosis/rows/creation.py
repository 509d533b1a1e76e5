"""Failures to create an endpoint or deployment: image, quota, names, network."""

from shared.domain.diagnosis.row import ARTICLE, TROUBLESHOOTING, Row, Signal
from shared.domain.diagnosis.rows.quota import describe_quota

_QUOTA = r"OutOfQuota|QuotaExceeded|NotEnoughQuota|InsufficientQuota|OperationNotAllowed"
_QUOTA_PAGE = f"{TROUBLESHOOTING}#error-outofquota"
_BUILD_PAGE = f"{TROUBLESHOOTING}#error-imagebuildfailure"
_BAD_ARGUMENT = f"{TROUBLESHOOTING}#error-badargument"

ROWS = (
    Row(
        "MissingDriverProgram",
        Signal("MissingDriverProgram", "Could not find driver program in the request."),
        "The custom environment has no inference_config",
        "Recommended: name the environment's image as the flow's own (environment.image in "
        "flow.dag.yaml), and let the environment be made from it and requirements.txt. Or add "
        "inference_config to the environment: liveness_route and readiness_route with port 8080 "
        "and path /health, scoring_route with port 8080 and path /score",
        signs=("MissingDriverProgram|could not find driver program",),
        page=f"{ARTICLE}#missingdriverprogram-error",
    ),
    Row(
        "The endpoint's name is taken",
        Signal(
            "BadRequest",
            "There is already an endpoint with this name, Endpoint name needs to be unique within "
            "a region. Try some other name.",
        ),
        "Another endpoint of the region, perhaps in a workspace that you cannot see, has this name",
        "Choose another: endpoint.name in deploy.yaml, or drop the flow under another name. An "
        "operator can have a suffix added to all names of a workspace: suffix in SLUICE_POLICY",
        signs=(
            (
                r"already an endpoint with this name|endpoint names? (needs to|must) be unique"
                r"|endpoint name .* is not available|endpoint with this name already exists"
            ),
        ),
        also=(
            Signal(
                "UserError",
                "An endpoint with this name already exists. If you are trying to create a new "
                "endpoint, use a different name.",
            ),
        ),
        page="https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online",
    ),
    Row(
        "A private package feed",
        Signal(
            "ImageBuildFailure",
            "ERROR: 401 Error, Credentials not correct for "
            "https://pkgs.dev.azure.com/team/_packaging/feed/pypi/simple/",
        ),
        "The image build may not read the package feed that requirements.txt names",
        "Build the image beforehand, with the feed's packages in it, and name it as "
        "environment.image in flow.dag.yaml",
        code="ImageBuildFailure",
        signs=(r"(\b401\b|\b403\b|credentials|authenticat).*(feed|index|simple|pkgs\.)",),
        page=f"{ARTICLE}#define-the-environment-used-by-deployment",
    ),
    Row(
        "A package cannot be installed",
        Signal(
            "ImageBuildFailure",
            "ERROR: No matching distribution found for no-such-package==1.0",
        ),
        "The environment's image could not be built: a line of requirements.txt cannot be "
        "installed",
        "Correct the package or version that the message names in requirements.txt, and drop the "
        "flow again",
        code="ImageBuildFailure",
        signs=(
            (
                r"no matching distribution|could not find a version|resolutionimpossible"
                r"|failed building wheel|requires a different python|invalid requirement"
            ),
        ),
        page=_BUILD_PAGE,
    ),
    Row(
        "ImageBuildFailure",
        Signal("ImageBuildFailure", "The build log is available in the workspace blob store"),
        "The environment's image could not be built",
        "Read the build log, which the message names: most often a line of requirements.txt cannot "
        "be installed; correct it and drop the flow again",
        code="ImageBuildFailure",
        page=_BUILD_PAGE,
    ),
    Row(
        "No capacity in the region",
        Signal(
            "OutOfQuota",
            "The specified VM size failed to provision due to a lack of Azure Machine Learning "
            "capacity in the region. Retry later or try deploying to a different region.",
        ),
        "The region has no machines of this size left; your quota does not matter",
        "Redeploy later, choose another size (deployment.instance_type), or another region",
        code=_QUOTA,
        signs=(r"lack of .*capacity|not enough capacity|capacity in the region|AllocationFailed",),
        page=f"{TROUBLESHOOTING}#region-wide-vm-capacity",
    ),
    Row(
        "Too many role assignments",
        Signal("OutOfQuota", "The role assignment limit of the subscription is reached"),
        "The subscription has as many role assignments as it may, and an endpoint needs some",
        "Delete role assignments that nobody needs",
        code=rf"{_QUOTA}|RoleAssignmentLimitExceeded",
        signs=(r"role ?assignment",),
        page=f"{TROUBLESHOOTING}#role-assignment-quota",
    ),
    Row(
        "Too many endpoints or deployments",
        Signal("OutOfQuota", "The limit of online endpoints per subscription is reached"),
        "There are as many endpoints or deployments as there may be",
        "Delete those that nobody needs, or ask for more",
        code=_QUOTA,
        signs=(
            (
                r"(limit|number|maximum) of (\d+ )?(online )?(endpoints|deployments)"
                r"|(endpoint|deployment)s? (limit|quota|count)"
            ),
        ),
        page=f"{TROUBLESHOOTING}#endpoint-quota",
        also=(Signal("OutOfQuota", "The limit of 100 endpoints in the region is reached."),),
    ),
    Row(
        "The disk is too small",
        Signal("OutOfQuota", "The model is larger than the available disk space"),
        "The machine is too small for the image and the flow",
        "Choose a larger size: deployment.instance_type",
        code=_QUOTA,
        signs=(r"disk space|\bdisk\b",),
        page=_QUOTA_PAGE,
    ),
    Row(
        "OutOfQuota",
        Signal(
            "OutOfQuota",
            "Not enough quota available for Standard_DS3_v2 in SubscriptionId s. Current "
            "usage/limit: 0/6. Additional needed: 8 Please see troubleshooting guide, available "
            "here: https://aka.ms/oe-tsg#error-outofquota",
        ),
        "There is no quota for the instances",
        "Azure reserves 20 % more than asked: ceil(1.2 x instances) x cores of the size. Ask for "
        "quota, choose a smaller size or fewer instances, or delete what is not used",
        code=_QUOTA,
        page=_QUOTA_PAGE,
        more=describe_quota,
        also=(
            Signal(
                "OutOfQuota",
                "Not enough subscription CPU quota. The amount of CPU quota requested is 32 and "
                "your maximum amount of quota is [N/A]. Please see troubleshooting guide, "
                "available here: https://aka.ms/oe-tsg#error-outofquota",
            ),
            Signal(
                "OutOfQuota",
                "Subscription s does not have enough quota for Standard_DS2_v2. Currently "
                "available: 6 Requested: 4. Please contact Azure support to increase quota.",
            ),
        ),
    ),
    Row(
        "The subscription does not exist",
        Signal("SubscriptionNotFound", "The subscription 's' could not be found."),
        "There is no such subscription, or it is not active",
        "Correct AZURE_SUBSCRIPTION_ID in Sluice's settings",
        code="SubscriptionNotFound|BadArgument",
        said=(r"subscription .*(not be found|not exist|disabled)",),
        page=_BAD_ARGUMENT,
    ),
    Row(
        "The image is not there",
        Signal("BadArgument", "Unable to download user container image"),
        "The container image could not be found",
        "Look whether the image that flow.dag.yaml or the manifest names is in its registry, with "
        "that tag",
        code="BadArgument|ResourceNotFound",
        said=(
            r"(download|pull|find) .*image|image .*not (be )?found|manifest unknown|no such image",
        ),
        page=f"{TROUBLESHOOTING}#unable-to-download-user-container-image",
    ),
    Row(
        "The model is not there",
        Signal("BadArgument", "Unable to download user model"),
        "The registered model, or its files, could not be found",
        "Drop the flow again, so that it is registered anew; do not delete what Sluice uploads to "
        "the workspace's storage",
        code="BadArgument|ResourceNotFound",
        said=(r"(download|find) .*model|model .*not (be )?found",),
        page=f"{TROUBLESHOOTING}#unable-to-download-user-model",
    ),
    Row(
        "The image was not ready in time",
        Signal(
            "ResourceNotFound",
            "Deployment failed due to timeout while waiting for Environment Image to become "
            "available. Check Environment Build Log in Workspace or Workspace storage.",
        ),
        "The environment's image was not built in time",
        "Read the environment's build log in studio; where it succeeded in the end, redeploy",
        code="ResourceNotFound",
        signs=("waiting for environment image",),
        page=_BUILD_PAGE,
    ),
    Row(
        "ResourceNotFound",
        Signal("ResourceNotFound", "The Resource 'x' was not found."),
        "Azure could not find something that the deployment needs",
        "Look for the name in the message: a model, environment, image or identity that was "
        "deleted meanwhile; drop the flow again to register it anew",
        code="ResourceNotFound|NotFound",
        page=f"{TROUBLESHOOTING}#error-resourcenotfound",
    ),
    Row(
        "WorkspaceManagedNetworkNotReady",
        Signal("WorkspaceManagedNetworkNotReady", "The managed network is not provisioned"),
        "The workspace's managed network is not provisioned",
        "Provision it once: az ml workspace provision-network, then redeploy",
        code="WorkspaceManagedNetworkNotReady",
        page=f"{TROUBLESHOOTING}#error-workspacemanagednetworknotready",
    ),
    Row(
        "OperationCanceled",
        Signal("OperationCanceled", "Operation was canceled by another operation"),
        "Azure canceled the operation for another one of higher priority",
        "Redeploy",
        code="OperationCanceled|OperationCancelled",
        page=f"{TROUBLESHOOTING}#error-operationcanceled",
    ),
    Row(
        "InternalServerError",
        Signal("InternalServerError", "An internal error occurred"),
        "Azure ML itself failed",
        "Redeploy; if it stays, open a support request with the message below",
        code="InternalServerError|InternalError",
        page=f"{TROUBLESHOOTING}#error-internalservererror",
    ),
    Row(
        "BadArgument",
        Signal("BadArgument", "The instance type is not supported"),
        "Azure ML does not take something that the deployment asks for",
        "Look for the name in the message, and correct it in deploy.yaml or in the flow file",
        code="BadArgument|BadRequest|InvalidArgument|ValidationError|UserError",
        page=_BAD_ARGUMENT,
    ),
)
