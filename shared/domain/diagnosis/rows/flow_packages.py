"""Reasons why a flow does not load in its container: its image and missing packages."""

from shared.domain.diagnosis.row import NOT_READY, Row, Signal

ISSUES = "https://github.com/microsoft/promptflow/issues"
# The empty code is for a resource that failed without a code.
STARTS = (
    "ResourceNotReady|BadArgument|SmokeTest|Unknown|DeploymentFailed"
    "|Resource(Deployment|Operation)Failure|"
)
"""Azure's codes for a container that did not start."""

ROWS = (
    Row(
        "Wrong run mode",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated",
            "PROMPTFLOW_RUN_MODE is not 'serving': starting the compute runtime",
        ),
        "The container was started as a compute runtime, not to serve the flow",
        "Set the variable PROMPTFLOW_RUN_MODE to serving; remove another value from "
        "environment_variables in deploy.yaml, and Sluice sets it",
        code=STARTS,
        signs=(
            r"PROMPTFLOW_RUN_MODE[^\n]*(\bnot\b|compute)|run[_ ]mode .*(compute|not .*serving)",
        ),
        page=f"{ISSUES}/3923",
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
        page=f"{ISSUES}/1436",
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
        page=NOT_READY,
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
        page=NOT_READY,
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
        page=f"{ISSUES}/3828",
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
        page=NOT_READY,
    ),
)
