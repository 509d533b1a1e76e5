"""Starts the server of a package on this machine, and asks it the samples of its smoke test."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from cli.checkout import local_command
from shared.domain.kinds.known import kind_named
from shared.domain.manifest import Expectation, unmet
from shared.domain.release.desired_deployment import deployment_ask
from shared.domain.release.desired_smoke_test import make_smoke_test
from shared.domain.release.smoke_test import second_turn
from shared.package.reading import Reading

_ENDS_WITHIN_S: Final = 60


@dataclass
class Trial:
    """A server that was started, or not.

    Attributes:
        url: Where it answers; empty if it does not.
        code: Why it does not: `NotHere`, or the code that Azure's error would have.
        cause: The reason, in words.
        remedy: What to do about it, if that is known.
        log: What the server wrote; empty until it has ended.
    """

    url: str = ""
    code: str = ""
    cause: str = ""
    remedy: str = ""
    log: str = ""


@dataclass(frozen=True)
class Asked:
    """One request of the smoke test, and what came of it.

    Attributes:
        name: Of the sample, or what is asked.
        input: The request's body.
        status: The HTTP status; 0 if no answer came.
        answer: The body, as JSON if it is JSON.
        seconds: How long it took.
        problem: Why the answer is not as expected, or None.
    """

    name: str
    input: Mapping[str, Any]
    status: int
    answer: Any
    seconds: float
    problem: str | None


@contextmanager
def served(package: Path) -> Iterator[Trial]:
    """Start the server of a zip; it ends with the block, also after Ctrl-C.

    Raises:
        CommandError: the local stack is not installed here.
    """
    command, environment = local_command("local.trial", str(package))
    process = subprocess.Popen(  # noqa: S603 - our own program
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    trial = Trial()
    try:
        trial = Trial(**_told(process))
        yield trial
    finally:
        trial.log = _ended(process)


def ask(trial: Trial, reading: Reading) -> Iterator[Asked]:
    """Yield what the server answers to the samples, a chat's second turn, and a stream."""
    content, manifest = reading.content, reading.manifest
    if content is None:
        return
    kind = kind_named(content.kind_name)
    test = make_smoke_test(content, manifest)
    limit = deployment_ask(manifest, kind.requests).request_settings.request_timeout
    first: Asked | None = None
    for sample in test.all_samples:
        expect = None if sample.expect is None else Expectation(**sample.expect)
        answered = _asked(trial.url, f"sample {sample.name}", sample.input, limit, expect)
        first = first or answered
        yield answered
    if first is None or first.problem is not None:
        return
    if test.chat is not None and isinstance(first.answer, Mapping):
        body = second_turn(test.chat, test.input, first.answer)
        yield _asked(trial.url, "second turn of the chat", body, limit)
    if test.stream:
        yield _asked(trial.url, "stream", test.input, limit, accept=kind.stream)


def _asked(
    url: str,
    name: str,
    body: Mapping[str, Any],
    limit: float,
    expect: Expectation | None = None,
    accept: str | None = None,
) -> Asked:
    headers = {"accept": accept} if accept else {}
    began = time.monotonic()
    try:
        with requests.Session() as session:
            session.trust_env = False  # the server is on this machine
            answer = session.post(url, json=body, headers=headers, timeout=limit)
    except requests.RequestException as error:
        told = (
            f"no answer within {limit:g} s" if isinstance(error, requests.Timeout) else str(error)
        )
        return Asked(name, body, 0, None, time.monotonic() - began, told)
    seconds = time.monotonic() - began
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    value = _value(answer)
    problem = None
    if answer.status_code != 200:
        problem = f"the server answers {answer.status_code}"
    elif accept is not None and media_type != accept:
        problem = f"the answer is {media_type}, not {accept}"
    elif accept is None:
        problem = unmet(expect, value, seconds)
    return Asked(name, body, answer.status_code, value, seconds, problem)


def _value(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _told(process: "subprocess.Popen[str]") -> dict[str, str]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        return {"code": "Ended", "cause": "the trial ended without a word"}
    told: dict[str, str] = json.loads(line)
    return told


def _ended(process: "subprocess.Popen[str]") -> str:
    """End the server and all that was started for it; return its log."""
    try:
        text, _ = process.communicate(timeout=_ENDS_WITHIN_S)  # closes its stdin, which ends it
    except subprocess.TimeoutExpired:
        text = ""
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    lines = text.splitlines()
    return str(json.loads(lines[-1]).get("log", "")) if lines else ""
