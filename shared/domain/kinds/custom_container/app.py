"""The Python app that a container runs."""

import re
from posixpath import basename, join, normpath

from shared.domain.kinds.files import Files
from shared.domain.parsing.python.source import PythonSource, parse_python

AGENT_PORT = 8088
"""The port of azure-ai-agentserver-core, unless the variable PORT names another."""
_AGENT = re.compile(
    r"azure[-_.]ai[-_.]agentserver[-_.]invocations|"
    r"azure\.ai\.agentserver\.invocations"
)


def is_agent(folder: str, files: Files) -> bool:
    """Return whether the app serves by azure-ai-agentserver-invocations.

    That answers `GET /readiness` and `POST /invocations`.
    """
    return any(
        _AGENT.search(text)
        for path, text in files.texts.items()
        if (folder == "." or path.startswith(f"{folder}/"))
        and (path.endswith(".py") or _is_requirements(path))
    )


def _is_requirements(path: str) -> bool:
    return basename(path).startswith("requirements") and path.endswith(".txt")


def program_of(words: list[str], folder: str, files: Files) -> PythonSource | None:
    """Return the Python file of the package that the words start, if it can be told."""
    if not words or not basename(words[0]).startswith("python"):
        return None
    module = words[2].replace(".", "/") if words[1:2] == ["-m"] and len(words) > 2 else ""
    named = next((it for it in words[1:] if it.endswith(".py")), "") or (module and f"{module}.py")
    if not named:
        return None
    path = normpath(join(folder, named.lstrip("/")))
    same = sorted(it for it in files.texts if basename(it) == basename(named))
    found = path if path in files.texts else same[0] if len(same) == 1 else None
    return parse_python(files.texts[found], found)[0] if found is not None else None
