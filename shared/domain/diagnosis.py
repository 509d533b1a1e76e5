"""From what Azure, the container or the scoring URI said, to cause and remedy.

One table, first match wins. Codes: 'Troubleshooting online endpoints deployment and scoring' and
'Deploy a flow for real-time inference', learn.microsoft.com/azure/machine-learning.
"""

import re
from dataclasses import dataclass

TROUBLESHOOTING = (
    "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints"
)
ARTICLE = (
    "https://learn.microsoft.com/azure/machine-learning/prompt-flow/"
    "how-to-deploy-for-real-time-inference"
)


@dataclass(frozen=True)
class Signal:
    """What was seen. `log` is the end of the container's log, where there is one."""

    code: str
    message: str = ""
    log: str = ""
    step: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Why a job failed and what to do. `code`, `message` and `log` are the raw signal."""

    cause: str
    remedy: str
    page: str = ""
    code: str = ""
    message: str = ""
    log: str = ""
    step: str = ""
    permission: bool = False


@dataclass(frozen=True)
class _Row:
    code: str  # a regular expression over the code
    text: str  # and one over message and log
    cause: str
    remedy: str
    page: str = TROUBLESHOOTING
    permission: bool = False


_SECRETS = r"access denied to list workspace secret|connections/listsecrets|list secrets"
_ACR = r"acr|container ?registry|pull.*image|authentication required.*registry"

_ROWS = (
    _Row(
        r".*",
        _SECRETS,
        "The endpoint's identity may not read the workspace's connections",
        "Give it the role 'Azure Machine Learning Workspace Connection Secrets Reader' on the "
        "workspace; a grant can take more than 15 minutes to be in force",
        ARTICLE,
        permission=True,
    ),
    _Row(
        r"ImageBuildFailure|BadArgument",
        rf"(?=.*(unauthori[sz]ed|denied|authenticat|forbidden|403))(?=.*({_ACR}))",
        "The endpoint's identity may not pull the container image",
        "Give it AcrPull on the workspace's container registry before the deployment; a registry "
        "in ABAC mode wants Container Registry Repository Reader instead",
        ARTICLE,
        permission=True,
    ),
    _Row(
        r"BadArgument|ModelDownload.*|SecretsInjectionError",
        r"(?=.*(unauthori[sz]ed|denied|authoriz|authenticat|forbidden|403|permission))"
        r"(?=.*(model|storage|blob|download|secret))",
        "The endpoint's identity may not read the model from the workspace's storage",
        "Give it Storage Blob Data Reader on the workspace's default storage account",
        ARTICLE,
        permission=True,
    ),
    _Row(
        r".*",
        r"MissingDriverProgram",
        "The custom environment has no inference_config",
        "Name the environment's image as the flow's image in flow.dag.yaml (recommended), or add "
        "inference_config with liveness, readiness and scoring routes to the environment",
        ARTICLE,
    ),
    _Row(
        r"ImageBuildFailure",
        r".*",
        "The environment's image could not be built",
        "Read the build log below: most often a line of requirements.txt cannot be installed; "
        "correct it and drop the flow again",
    ),
    _Row(
        r"OutOfQuota|QuotaExceeded|NotEnoughQuota|InsufficientQuota",
        r".*",
        "There is no quota or capacity for the instances",
        "Azure reserves 20 % more than asked: ceil(1.2 x instances) x cores of the size. Ask for "
        "quota, choose a smaller size or fewer instances, or delete what is not used",
    ),
    _Row(
        r"ResourceNotReady",
        r".*",
        "The container did not become ready",
        "Read the end of its log below: the flow fails while it starts (an import, a missing "
        "package in requirements.txt, a missing file); run it with 'pf flow serve' to see it",
    ),
    _Row(
        r"ResourceNotFound",
        r".*",
        "Azure could not find something that the deployment needs",
        "Look for the name in the message: a model, environment, image or identity that was "
        "deleted meanwhile; drop the flow again to register it anew",
    ),
    _Row(
        r"WorkspaceManagedNetworkNotReady",
        r".*",
        "The workspace's managed network is not provisioned",
        "Provision it once: az ml workspace provision-network, then redeploy",
    ),
    _Row(
        r"OperationCanceled",
        r".*",
        "Azure canceled the operation for another one of higher priority",
        "Redeploy",
    ),
    _Row(
        r"InternalServerError|InternalError",
        r".*",
        "Azure ML itself failed",
        "Redeploy; if it stays, open a support request with the message below",
    ),
    _Row(
        r"AuthorizationFailed|LinkedAuthorizationFailed|Forbidden",
        r".*",
        "Sluice's own identity may not do this",
        "Give it the role that the message names at the scope that it names (docs/how-to: what "
        "Sluice itself needs)",
    ),
    _Row(
        r"GrantLimit",
        r".*",
        "A role that the endpoint's identity needs was not granted in time",
        "Have an administrator run the command below, then redeploy",
        ARTICLE,
    ),
    _Row(
        r"TimeLimit",
        r".*",
        "It took longer than the limit",
        "See what Azure says of the endpoint in studio; then redeploy, or raise the limit",
    ),
    _Row(
        r"SmokeTest",
        r".*",
        "The new deployment did not answer the sample as expected",
        "Read the answer and the log below; correct the flow, or the sample in deploy.yaml's "
        "smoke_test, and drop it again",
    ),
    _Row(
        r"NotAsAsked",
        r".*",
        "What runs after the change of traffic is not what was asked for",
        "Somebody else may have changed the endpoint meanwhile: redeploy",
    ),
    _Row(
        r"Unreachable|TooManyRequests|ServiceUnavailable|Timeout.*|GatewayTimeout",
        r".*",
        "Azure did not answer in time, again and again",
        "Wait for Azure to recover (status.azure.com), then redeploy",
    ),
)


def diagnose(signal: Signal) -> Diagnosis:
    """The first row that fits; a signal that no row knows is passed on as it is."""
    text = f"{signal.message}\n{signal.log}"
    for row in _ROWS:
        if re.fullmatch(row.code, signal.code) and re.search(
            row.text, text, re.IGNORECASE | re.DOTALL
        ):
            return _told(signal, row.cause, row.remedy, row.page, permission=row.permission)
    return _told(
        signal,
        f"Azure refused: {signal.code or 'no code'}",
        "No known case: the raw error and the end of the log are below",
    )


def _told(
    signal: Signal,
    cause: str,
    remedy: str,
    page: str = TROUBLESHOOTING,
    *,
    permission: bool = False,
) -> Diagnosis:
    return Diagnosis(
        cause=cause,
        remedy=remedy,
        page=page,
        code=signal.code,
        message=signal.message,
        log=signal.log,
        step=signal.step,
        permission=permission,
    )
