"""The process that reads a package, JSON in, JSON out.

Whatever a package holds, this process ends: the system limits its processor time, its memory, and
how long it lasts. It gets the package's path and no secret. The app forks it (`forks`); `python -m
shared.package.child` is the same as an interpreter of its own.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared.domain.errors import Finding, Rejected, rejected
from shared.domain.left_out import LeftOut
from shared.package import limits
from shared.package.preparing import (
    build_context,
    build_digest,
    copy_part,
    locate_files,
    open_and_read,
    requirements_context,
)
from shared.package.transport import to_json

_SMALLER = "Leave out what the flow does not need to run, and simplify the rest"

type Answer = dict[str, Any]


def main() -> None:
    """Read a call from standard input, carry it out, and write its answer to standard output."""
    sys.stdout.write(answer_to(sys.stdin.read()))


def answer_to(call: str) -> str:
    """Limit this process as the call says, and carry it out."""
    asked = json.loads(call)
    signal.setitimer(signal.ITIMER_REAL, asked["patience"])
    bound_processor(asked["processor"])
    bound_memory(asked["memory"])
    return _answered(asked)


def bound_processor(seconds: int) -> None:
    """Let the system end the process after that many further seconds of processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bound_memory(size: int) -> None:
    """Limit the memory to that many bytes more than now, then MemoryError. Only on Linux."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        allowed = pages * resource.getpagesize() + size
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def _answered(asked: Mapping[str, Any]) -> str:
    try:
        answer = json.dumps(_WORK[asked["do"]](*map(Path, asked["paths"]), **asked["more"]))
        if len(answer) > limits.MAX_READING:
            cause = "the content of the flow file and the manifests is too large to keep"
            raise rejected("package", cause, _SMALLER)
    except Rejected as error:
        return json.dumps({"findings": [each.to_dict() for each in error.findings]})
    except MemoryError:
        pass  # reported below, once the memory is free again
    else:
        return answer
    return json.dumps({"findings": [it.to_dict() for it in out_of_memory(asked["memory"])]})


def out_of_memory(size: int) -> tuple[Finding, ...]:
    """The finding for a package that takes too much memory to read."""
    cause = f"reading the package took more than {size // 1024**2} MB of memory"
    return (Finding("package", None, cause, _SMALLER),)


def out_of_time(seconds: int) -> tuple[Finding, ...]:
    """The finding for a package that takes too long to read."""
    cause = f"reading the package took more than {seconds} s of processor time"
    return (Finding("package", None, cause, _SMALLER),)


def _open_and_read(package: Path, into: Path, left_out: LeftOut) -> Answer:
    opened = open_and_read(package, into, left_out)
    return {"root": str(opened.root), "reading": to_json(opened.reading)}


_WORK: Mapping[str, Callable[..., Answer]] = {
    "open_and_read": _open_and_read,
    "copy_part": lambda package, into, path, name: {
        "root": str(copy_part(package, into, path, name))
    },
    "locate_files": lambda package, into, names: asdict(locate_files(package, into, names)),
    "build_context": lambda package, into, path: {
        "root": str(build_context(package, into, path.as_posix()))
    },
    "requirements_context": lambda package, into, *paths: {
        "root": str(requirements_context(package, into, *paths))
    },
    "build_digest": lambda root, path: {"digest": build_digest(root, path.as_posix())},
}

if __name__ == "__main__":
    main()
