"""Why a flow does not load in its container: told by the log of its start."""

from shared.domain.diagnoses.environment import VARIABLE, which_variables
from shared.domain.diagnoses.row import ARTICLE, TROUBLESHOOTING, Row, Signal

_NOT_READY = f"{TROUBLESHOOTING}#error-resourcenotready"
IN_PACKAGE = "The package has"
"""What Sluice adds to an error about a file that is in the package."""
_ISSUES = "https://github.com/microsoft/promptflow/issues"
_UNSET = (
    r"((is|are|was|were)? ?(not|n't) (set|found|defined|provided|available)|(must|should|needs to) "
    r"be (set|provided|defined)|(is|are) (missing|required|empty)|not set|to build)"
)
# An empty code is Sluice's own for a resource that only shows that it failed.
STARTS = (
    "ResourceNotReady|BadArgument|SmokeTest|Unknown|DeploymentFailed"
    "|Resource(Deployment|Operation)Failure|"
)
"""Codes under which Azure tells that a container did not start."""

ROWS = (
    Row(
        "Wrong run mode",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            "PROMPTFLOW_RUN_MODE is not 'serving': starting the compute runtime",
        ),
        "The container was started as a compute runtime, not to serve the flow",
        "Set the variable PROMPTFLOW_RUN_MODE to serving; take it off environment_variables in "
        "deploy.yaml where it says something else, and Sluice sets it",
        code=STARTS,
        signs=(
            r"PROMPTFLOW_RUN_MODE[^\n]*(\bnot\b|compute)|run[_ ]mode .*(compute|not .*serving)",
        ),
        page=f"{_ISSUES}/3923",
    ),
    Row(
        "promptflow-tools is missing",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            "ModuleNotFoundError: No module named 'promptflow.tools'",
        ),
        "The image lacks promptflow-tools, which llm and prompt nodes need",
        "Add promptflow-tools to the flow's requirements.txt, or use an image that has it",
        code=STARTS,
        signs=(
            (
                r"no module named '?promptflow[._]tools|install.*promptflow-tools"
                r"|package tool 'promptflow\.tools"
            ),
        ),
        page=f"{_ISSUES}/1436",
    ),
    Row(
        "A package fails on import",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: PackageToolNotFoundError: Package tool 'my_tools.say.say' "
            "is not found in the current environment.",
            "WARNING Failed to load tools from package my-tools: libGL.so.1: cannot open shared "
            "object file, traceback: Traceback (most recent call last):\n"
            '  File "/usr/lib/site-packages/cv2/__init__.py", line 8, in <module>\n'
            "ImportError: libGL.so.1: cannot open shared object file\n"
            "INFO ready",
            status=424,
        ),
        "A package that the flow uses is installed and fails when it is imported",
        "Read the error in the log: pin versions that fit each other in requirements.txt, or use "
        "an image that has the system library that it names",
        code=STARTS,
        signs=(r"PackageToolNotFound|package tool '[^']+' is not found",),
        logged=(r"failed to load tools from package",),
        page=_NOT_READY,
    ),
    Row(
        "A package does not fit the image",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            'Traceback (most recent call last):\n  File "/usr/lib/python3.11/site-packages/openai/'
            "__init__.py\", line 1, in <module>\nImportError: cannot import name 'Iterator' from "
            "'httpx' (/usr/lib/python3.11/site-packages/httpx/__init__.py)",
        ),
        "A package that the flow uses is installed and fails when it is imported",
        "Read the error in the log: pin versions that fit each other in requirements.txt, or use "
        "an image that has the system library that it names",
        code=STARTS,
        signs=(
            (
                r"ImportError: cannot import name [^\n]*site-packages"
                r"|ImportError: [^\n]*(cannot open shared object|undefined symbol|DLL load)"
                r"|compiled (using|against) [^\n]*numpy|numpy\.dtype size changed"
            ),
        ),
        page=_NOT_READY,
        also=(
            Signal(
                "ResourceNotReady",
                "User container has crashed or terminated",
                "Traceback (most recent call last):\n"
                '  File "/usr/lib/site-packages/cv2/__init__.py", line 8, in <module>\n'
                "ImportError: libGL.so.1: cannot open shared object file: No such file or "
                "directory\n\n"
                "The above exception was the direct cause of the following exception:\n\n"
                "Traceback (most recent call last):\n"
                '  File "/app/serve.py", line 3, in <module>\n'
                "promptflow.exceptions.PythonLoadError: Failed to load python module",
            ),
        ),
    ),
    Row(
        "A tool's package is missing",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: PackageToolNotFoundError: Package tool "
            "'promptflow_vectordb.tool.common_index_lookup.search' is not found in the current "
            "environment.",
            status=424,
        ),
        "The image lacks the package of a tool that the flow uses",
        "Add the package to the flow's requirements.txt: promptflow-vectordb[azure] for index "
        "lookups, promptflow-tools for llm nodes, else the one that the message names",
        code=STARTS,
        signs=(r"PackageToolNotFound|package tool '[^']+' is not found",),
        page=f"{_ISSUES}/3828",
    ),
    Row(
        "A package is missing",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            "ModuleNotFoundError: No module named 'slugify'",
        ),
        "The flow does not load: it imports a package that the image lacks",
        "Add the package to the flow's requirements.txt (its name on PyPI may be another than in "
        "the import), or the module to the flow's folder; the log below names it",
        code=STARTS,
        signs=(r"ModuleNotFoundError|no module named",),
        page=_NOT_READY,
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
        "Create it in the workspace under the name that the message says, or name another: "
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
        "Say it under deployment.environment_variables in deploy.yaml, secrets as "
        "${{azureml://connections/<name>/credentials/<key>}}",
        code=STARTS,
        signs=(
            (
                rf"KeyError\)?:? '(?-i:{VARIABLE})'|RequiredEnvironmentVariablesNotSet"
                rf"|environment variables?[^\n]{{0,80}}{_UNSET}|missing environment variable"
                rf"|{_UNSET}[^\n]{{0,40}}environment variable"
                rf"|(?-i:{VARIABLE})[`'\"]?( environment variable)? {_UNSET}"
                rf"|(missing|set|setting|define|provide) (the )?[`'\"]?(?-i:{VARIABLE})"
            ),
        ),
        page=f"{_ISSUES}/3499",
        more=which_variables,
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
        page=_NOT_READY,
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
        page=_NOT_READY,
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
        page=_NOT_READY,
        also=(
            Signal(
                "ResourceNotReady",
                "User container has crashed or terminated",
                "ImportError: cannot import name 'ask' from 'model' (/app/flow/model.py)",
            ),
        ),
    ),
)
