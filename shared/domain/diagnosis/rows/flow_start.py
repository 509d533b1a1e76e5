"""Reasons why a flow does not load in its container: missing settings or files, bad code."""

from shared.domain.diagnosis.row import ARTICLE, NOT_READY, Row, Signal
from shared.domain.diagnosis.rows.environment import VARIABLE, name_variables
from shared.domain.diagnosis.rows.flow_packages import ISSUES, STARTS

IN_PACKAGE = "The package has"
"""Sluice adds this to an error about a file that is in the package."""
IGNORED = "An ignore file leaves out"
"""Sluice adds this to an error about a file that an ignore file keeps out of it."""
_UNSET = (
    r"((is|are|was|were)? ?(not|n't) (set|found|defined|provided|available)|(must|should|needs to) "
    r"be (set|provided|defined)|(is|are) (missing|required|empty)|not set|to build)"
)
_ASKING = r"(missing|set|setting|define|provide|specify|supply|configure|export)"

ROWS = (
    Row(
        "A connection is looked for in the container",
        Signal(
            "SmokeTest",
            "the endpoint answered 424, the flow itself 400 model_error: Execution failure in "
            "'_traced_sync.<locals>.wrapped': (ConnectionNotFoundError) Connection 'aoai' is not "
            "found.",
            status=424,
        ),
        "A prompty, or the class of a flex flow, takes a connection by its name: the runtime looks "
        "for it in the container, not in the workspace",
        "Write 'api_key: ${env:LLM_KEY}' and the address as '${env:LLM_URL}' instead of "
        "'connection', and under deployment.environment_variables in deploy.yaml 'LLM_KEY: "
        "${<connection>.api_key}' and 'LLM_URL: ${<connection>.api_base}' (base_url for OpenAI)",
        code=STARTS,
        signs=(r"ConnectionNotFoundError\)?:? connection|connection '[^']*' is not found\.",),
        page=f"{ARTICLE}#advanced-settings---outputs--connections",
        also=(
            Signal(
                "ResourceNotReady",
                "User container has crashed or terminated",
                "promptflow.core._serving._errors.FlowEntryInitializationError: Failed to "
                "initialize flow entry with '{'c': 'aoai'}', ex:'Connection 'aoai' is not found..",
            ),
        ),
    ),
    Row(
        "A connection is missing",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: Get connection 'aoai' for node 'chat' error: Connection "
            "'aoai' not found.",
            status=424,
        ),
        "The workspace has no such connection",
        "Create it in the workspace under the name in the message, or name another one: "
        "flow.connections in deploy.yaml",
        code=STARTS,
        signs=(
            (
                r"connection '?[^']*'? (is )?not found|ConnectionNotFound"
                r"|get connection '[^']*' for node '[^']*' error"
            ),
        ),
        page=f"{ARTICLE}#advanced-settings---outputs--connections",
    ),
    Row(
        "A value of .env is missing",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: KeyError: 'SEARCH_KEY'",
            "key = os.environ[\"SEARCH_KEY\"]\nKeyError: 'SEARCH_KEY'",
            status=424,
        ),
        "The flow reads an environment variable that the container does not have; the values of a "
        ".env file stay behind when a flow is deployed",
        "Set it under deployment.environment_variables in deploy.yaml, secrets as "
        "${{azureml://connections/<name>/credentials/<key>}}",
        code=STARTS,
        signs=(
            (
                rf"KeyError\)?:? '(?-i:{VARIABLE})'|RequiredEnvironmentVariablesNotSet"
                rf"|environment variables?[^\n]{{0,80}}{_UNSET}|missing environment variable"
                rf"|{_UNSET}[^\n]{{0,40}}environment variable"
                rf"|(?-i:{VARIABLE})[`'\"]?( environment variable)? {_UNSET}"
                rf"|{_ASKING} (the |your |following |required |missing )*"
                rf"(env(ironment)? variables?)?:? ?[`'\"\[(]*(?-i:{VARIABLE})"
            ),
        ),
        page=f"{ISSUES}/3499",
        more=name_variables,
        also=(
            Signal(
                "SmokeTest",
                "the endpoint answered 424: RequiredEnvironmentVariablesNotSetError: Required "
                "environment variables ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_KEY'] to build "
                "AzureOpenAIConnection not set.",
                status=424,
            ),
            Signal(
                "SmokeTest",
                "the endpoint answered 424: Execution failure in 'say': (ValueError) Please set "
                "SEARCH_ENDPOINT",
                status=424,
            ),
            Signal(
                "SmokeTest",
                "the endpoint answered 424: Execution failure in 'say': (ValueError) environment "
                "variable MODEL_NAME not found",
                status=424,
            ),
            Signal(
                "SmokeTest",
                "the endpoint answered 424: Execution failure in 'hello': (Exception) Please "
                "specify environment variables: AZURE_OPENAI_API_KEY",
                status=424,
            ),
            Signal(
                "ResourceNotReady",
                "User container has crashed or terminated",
                "openai.OpenAIError: The api_key client option must be set either by passing "
                "api_key to the client or by setting the OPENAI_API_KEY environment variable",
            ),
        ),
    ),
    Row(
        "A file is looked for in another folder",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: Execution failure in 't': (FileNotFoundError) [Errno 2] No "
            f"such file or directory: 'words.txt'\n{IN_PACKAGE} 'words.txt'",
            status=424,
        ),
        "The flow opens a file of its package by a relative path, and a deployment's working "
        "directory is not the flow's folder",
        "Open it relative to the source file: Path(__file__).parent / 'words.txt' instead of "
        "'words.txt'",
        signs=(r"FileNotFoundError|no such file or directory", IN_PACKAGE),
        page=NOT_READY,
    ),
    Row(
        "A file is left out by an ignore file",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: Execution failure in 't': (FileNotFoundError) [Errno 2] No "
            f"such file or directory: 'words.txt'\n{IGNORED} 'words.txt': .gitignore:3",
            status=424,
        ),
        "The flow reads a file that .amlignore or .gitignore leaves out of the package",
        "Take the pattern out of the line that the message names, or take the file in again with "
        "a line '!words.txt' below it",
        signs=(r"FileNotFoundError|no such file or directory", IGNORED),
        page=NOT_READY,
    ),
    Row(
        "A file is missing",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            "FileNotFoundError: [Errno 2] No such file or directory: 'shared/wording.jinja2'",
        ),
        "The flow reads a file that is not in its package",
        "Put the file into the flow's folder, or bring it in with additional_includes; look "
        "whether .amlignore or .gitignore leaves it out",
        code=STARTS,
        signs=(r"FileNotFoundError|no such file or directory",),
        page=NOT_READY,
    ),
    Row(
        "An error in the code",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            "IndentationError: unexpected indent",
        ),
        "The flow does not load: its code is not Python that this image reads, or imports a name "
        "that its module does not have",
        "Correct the line that the log below names",
        code=STARTS,
        signs=(r"\b(SyntaxError|IndentationError|TabError):|ImportError: cannot import name",),
        page=NOT_READY,
        also=(
            Signal(
                "ResourceNotReady",
                "User container has crashed or terminated",
                "ImportError: cannot import name 'ask' from 'model' (/app/flow/model.py)",
            ),
        ),
    ),
)
