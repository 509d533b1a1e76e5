"""Messages of Azure, the runtime and users, each with its cause and remedy."""

import pytest

from shared.domain.diagnosis.diagnosis import Signal, diagnose

CRASHED = (
    "User container has crashed or terminated: Liveness probe failed: HTTP probe failed with "
    "statuscode: 502."
)
CASES = [
    # The article's troubleshooting section.
    (
        Signal(
            "SmokeTest",
            'the endpoint answered 424: {"error": {"code": "UserError", "message": "Missing '
            "authorization to perform action "
            "'Microsoft.MachineLearningServices/workspaces/datastores/read'\"}}",
            status=424,
        ),
        "looks up an index",
        "datastores/read",
    ),
    (
        Signal(
            "BadRequest",
            "The request is invalid.; MissingDriverProgram: Could not find driver program in the "
            "request.",
        ),
        "no inference_config",
        "Recommended: name the environment's image",
    ),
    (Signal("SmokeTest", "answered 408", status=408), "took longer", "model that is not strong"),
    (
        Signal("SmokeTest", "Unable to fetch deployment schema", status=424),
        "schema",
        "roles it needs. Else the flow ran in an old runtime",
    ),
    (
        Signal(
            "SmokeTest",
            "(UserError) Access denied to list workspace secret due to invalid authentication. "
            "Please assign RBAC role 'AzureML Data Scientist' to the endpoint for current "
            "workspace, and wait for a few minutes to make sure the new role takes effect.",
            status=424,
        ),
        "may not read the workspace's connections",
        "Connection Secrets Reader",
    ),
    # Codes of managed online endpoints.
    (
        Signal("ImageBuildFailure", "container registry authorization failure"),
        "may not pull",
        "AcrPull",
    ),
    (Signal("ImageBuildFailure", "Installing pip dependencies"), "could not be built", "build log"),
    (
        Signal("ImageBuildFailure", "ERROR: No matching distribution found for nope"),
        "cannot be installed",
        "requirements.txt",
    ),
    (
        Signal(
            "OutOfQuota",
            "Due to a lack of Azure Machine Learning capacity in the region, the service has "
            "failed to provision the specified VM size.",
        ),
        "no machines of this size",
        "another size",
    ),
    (Signal("OutOfQuota", "Not enough quota"), "no quota", "20 %"),
    (
        Signal("BadArgument", "Unable to download user model: authorization error of storage"),
        "may not read the model",
        "Storage Blob Data Reader",
    ),
    (Signal("BadArgument", "Unable to download user container image"), "image", "registry"),
    (Signal("BadArgument", "Unable to download user model"), "model", "Drop the flow again"),
    (Signal("BadArgument", CRASHED), "did not become ready", "log below"),
    (Signal("BadArgument", "instanceType is wrong"), "does not take", "name in the message"),
    (Signal("ResourceNotReady", CRASHED), "did not become ready", "log below"),
    (
        Signal("ResourceNotReady", "Readiness probe failed"),
        "before the probes gave up",
        "initial_delay",
    ),
    (Signal("ResourceNotFound", "model x was not found"), "model", "Drop the flow again"),
    (Signal("WorkspaceManagedNetworkNotReady"), "managed network", "provision-network"),
    (Signal("OperationCanceled"), "higher priority", "Redeploy"),
    (Signal("SecretsInjectionError", "cannot resolve"), "secrets", "Connection Secrets Reader"),
    (Signal("InternalServerError"), "Azure ML itself failed", "support request"),
    # An invalid endpoint name, as two services report it.
    (
        Signal(
            "UserError",
            "The specified endpoint name 'chat' is not available. Endpoint names must be unique "
            "within the region.",
        ),
        "has this name",
        "Choose another",
    ),
    # Scoring.
    (Signal("SmokeTest", "answered 401", status=401), "key or token", "renewed"),
    (Signal("SmokeTest", "answered 403", status=403), "may not call", "score/action"),
    (Signal("SmokeTest", "answered 404", status=404), "no such deployment", "traffic"),
    (Signal("SmokeTest", "answered 429", status=429), "pending", "max_concurrent"),
    (Signal("SmokeTest", "answered 424: boom", status=424), "the flow itself failed", "log below"),
    # Complaints of users.
    (
        Signal("ResourceNotReady", CRASHED, "PROMPTFLOW_RUN_MODE is not 'serving'"),
        "compute runtime",
        "PROMPTFLOW_RUN_MODE",
    ),
    (
        Signal("ResourceNotReady", CRASHED, "No module named 'promptflow.tools'"),
        "promptflow-tools",
        "requirements.txt",
    ),
    (
        Signal("ResourceNotReady", CRASHED, "ModuleNotFoundError: No module named 'slugify'"),
        "imports a package",
        "requirements.txt",
    ),
    (
        Signal(
            "SmokeTest",
            "answered 424: Execution failure in 'search': (KeyError) 'SEARCH_KEY'",
            "Traceback (most recent call last):\nKeyError: 'SEARCH_KEY'",
            status=424,
        ),
        ".env",
        "environment_variables",
    ),
    (
        Signal("SmokeTest", "answered 424: Connection 'aoai' is not found", status=424),
        "no such connection",
        "flow.connections",
    ),
    (
        Signal(
            "SmokeTest",
            "answered 424: HTTPConnectionPool(host='localhost', port=8000): Max retries exceeded",
            status=424,
        ),
        "cannot reach",
        "localhost",
    ),
    (
        Signal(
            "SmokeTest",
            "answered 424: Principal does not have access to API/Operation",
            "",
            "",
            424,
        ),
        "without a key",
        "Cognitive Services OpenAI User",
    ),
]


@pytest.mark.parametrize(("signal", "cause", "remedy"), CASES)
def test_a_case_is_diagnosed_with_its_cause_and_remedy(signal: Signal, cause: str, remedy: str):
    found = diagnose(signal)

    assert cause in found.cause
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "log",
    [
        "warning: no module named 'azureml.metrics', metrics are off",
        "INFO environment variable PF_X is not set\nPROMPTFLOW_RUN_MODE not changed",
        "FileNotFoundError: no local database yet\nConnection 'x' not found in cache",
    ],
)
def test_incidental_log_lines_are_not_taken_for_the_cause(log: str):
    found = diagnose(Signal("SmokeTest", "answered 424: boom", log, status=424))

    assert "the flow itself failed" in found.cause


def test_a_missing_driver_program_has_two_remedies_the_recommended_first():
    remedy = diagnose(Signal("BadRequest", "MissingDriverProgram")).remedy

    assert remedy.index("Recommended") < remedy.index("inference_config to the environment")
    assert all(word in remedy for word in ("liveness_route", "readiness_route", "8080", "/score"))


SCOPE = (
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/w"
)
WHO = "5a1d0c9e-0000-4000-8000-0000000000b1"


@pytest.mark.parametrize(
    ("action", "scope", "role", "at"),
    [
        (
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write",
            f"{SCOPE}/onlineEndpoints/chat",
            "f6c7c914-8db3-469d-8ca1-694a8f32e121",
            SCOPE,
        ),
        (
            "Microsoft.Authorization/roleAssignments/write",
            f"{SCOPE}/providers/Microsoft.Authorization/roleAssignments/x",
            "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
            SCOPE,
        ),
        (
            "Microsoft.MachineLearningServices/locations/usages/read",
            "/subscriptions/s",
            "acdd72a7-3385-48ef-bd42-f606fba81ae7",
            "/subscriptions/s",
        ),
        ("Microsoft.Insights/metrics/read", SCOPE, "43d0d8ad-25c7-4714-9337-8ba259a9fe05", SCOPE),
    ],
)
def test_a_permission_that_sluice_lacks_is_reported_with_the_command(
    action: str, scope: str, role: str, at: str
):
    message = (
        f"The client 'app' with object id '{WHO}' does not have authorization to perform action "
        f"'{action}' over scope '{scope}' or the scope is invalid."
    )

    found = diagnose(Signal("AuthorizationFailed", message))

    assert f"It lacks '{action}' at {scope}" in found.remedy
    command = f"--role {role} --scope {at}"
    assert found.remedy.endswith(command)
    assert f"az role assignment create --assignee-object-id {WHO}" in found.remedy


def test_a_missing_permission_without_a_known_role_is_reported_without_a_command():
    message = (
        f"The client 'app' with object id '{WHO}' does not have authorization to perform action "
        f"'Microsoft.Strange/things/do/action' over scope '{SCOPE}'"
    )

    found = diagnose(Signal("AuthorizationFailed", message))

    assert "Microsoft.Strange/things/do/action" in found.remedy
    assert "az role" not in found.remedy


def test_a_denial_without_details_is_reported_unchanged():
    found = diagnose(Signal("AuthorizationFailed", "no"))

    assert "Sluice's own identity may not do this" in found.cause
    assert found.message == "no"


def test_a_log_is_cut_to_its_last_traceback_and_to_short_lines():
    giant = '{"answer": "' + "x" * 100_000 + '"}'
    trace = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nValueError: bad'
    )

    told = diagnose(Signal("X", log=f"noise\n{trace}\nlater\n{trace}\n{giant}\nafter")).log

    assert told.splitlines()[0] == "Traceback (most recent call last):"
    assert told.count("ValueError: bad") == 1
    assert told.endswith("after")
    assert "noise" not in told
    assert max(map(len, told.splitlines())) <= 300


def test_a_log_without_a_traceback_keeps_its_last_lines():
    told = diagnose(Signal("X", log="\n".join(f"line {number}" for number in range(500)))).log

    assert told.splitlines()[-1] == "line 499"
    assert len(told.splitlines()) == 30


CHAIN = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/promptflow/_core/tools_manager.py", line 91, in load
    importlib.import_module(m)
  File "/usr/lib/python3.11/site-packages/pandas/_libs/interval.pyx", line 1, in init
ValueError: numpy.dtype size changed, may indicate binary incompatibility

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/promptflow/_core/tool_meta.py", line 7, in load
    raise PythonLoadError(module)
promptflow.exceptions.PythonLoadError: Failed to load python module 'say.py'
INFO shutting down
"""


def test_the_first_exception_of_a_chain_counts():
    found = diagnose(Signal("ResourceNotReady", CRASHED, CHAIN))

    assert found.case == "A package does not fit the image"
    assert "numpy.dtype size changed" in found.log
    assert "PythonLoadError" in found.log
    assert len(found.log.splitlines()) <= 30


def test_two_unrelated_tracebacks_are_not_a_chain():
    other = 'Traceback (most recent call last):\n  File "a.py", line 1\nNameError: x\nINFO go on\n'

    found = diagnose(Signal("ResourceNotReady", CRASHED, other + CHAIN.partition("\n\n")[0]))

    assert "NameError" not in found.log


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Required environment variables ['AOAI_ENDPOINT'] to build X not set.", "AOAI_ENDPOINT"),
        ("(ValueError) SEARCH_KEY is not set", "SEARCH_KEY"),
        ("(ValueError) Missing environment variable: SEARCH_KEY", "SEARCH_KEY"),
        ("(RuntimeError) environment variable 'SEARCH_KEY' not found", "SEARCH_KEY"),
        ("(ValueError) Please set the SEARCH_KEY environment variable", "SEARCH_KEY"),
        ("(ValueError) SEARCH_KEY environment variable is required", "SEARCH_KEY"),
        ("(AssertionError) SEARCH_KEY must be provided", "SEARCH_KEY"),
        ("(KeyError) 'SEARCH_KEY'", "SEARCH_KEY"),
    ],
)  # fmt: skip
def test_a_missing_environment_variable_is_named(said: str, name: str):
    message = f"answered 424: Execution failure in 'say': {said}"

    found = diagnose(Signal("SmokeTest", message, status=424))

    assert found.case == "A value of .env is missing"
    assert found.remedy.endswith(f"The error names {name}")


@pytest.mark.parametrize(
    "said",
    ["(KeyError) 'question'", "(ValueError) the answer is required", "(ValueError) set the table"],
)
def test_another_key_error_is_not_taken_for_a_missing_variable(said: str):
    message = f"answered 424: Execution failure in 'say': {said}"

    assert diagnose(Signal("SmokeTest", message, status=424)).case == "424: the flow failed"


@pytest.mark.parametrize("code", ["", "Unknown", "ResourceDeploymentFailure"])
def test_a_generic_error_is_diagnosed_from_the_log(code: str):
    log = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'slugify'"

    assert diagnose(Signal(code, "Deployment failed", log)).case == "A package is missing"
