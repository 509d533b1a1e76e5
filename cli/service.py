"""The HTTP door of Sluice, as a client."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import requests

from cli.answers import ACCEPTED, ENDPOINT, ENDPOINTS, JOB, JOBS, Shape, misfit
from cli.errors import CommandError, no_endpoint, refused, unreachable
from cli.target import Target
from shared.domain.parsing.strict_json import read_json

type Job = Mapping[str, Any]

# An app that restarts is back within this; one that is not there at all should not be waited for
# without end.
PATIENCE_SECONDS: Final = 60.0
BETWEEN_TRIES_SECONDS: Final = 0.5
TIMEOUT_SECONDS: Final = 30.0


class Service:
    """Asks one Sluice about jobs; waits while it restarts.

    Args:
        target: Whom to ask.
        patience_s: Seconds to go on asking one that does not answer.
        notice: Told once each time that it does not answer.
    """

    def __init__(
        self,
        target: Target,
        patience_s: float = PATIENCE_SECONDS,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._url = target["functions_url"].rstrip("/")
        self._patience = patience_s
        self._notice = notice
        self._session = requests.Session()
        self._session.headers["x-functions-key"] = target["function_key"]
        # A local stack is on loopback: a proxy of this machine has no part in it.
        self._session.trust_env = not target.local

    def job(self, job: str) -> Job:
        """One job with its steps and, at its end, its result.

        Raises:
            CommandError: there is no such job, or no answer.
        """
        answer = self._ask("GET", f"/api/jobs/{job}", {})
        if answer.status_code == 404:
            raise refused(
                f"there is no job {job}: take the id that `sluice drop` printed, or one of the "
                "newest jobs (GET /api/jobs)"
            )
        told: Job = self._json(answer, JOB)
        return told

    def endpoints(self) -> Sequence[Job]:
        """Every endpoint of the workspace, in short."""
        answer = self._ask("GET", "/api/endpoints", {})
        found: Sequence[Job] = self._json(answer, ENDPOINTS)["endpoints"]
        return found

    def endpoint(self, name: str) -> Job:
        """One endpoint.

        Raises:
            CommandError: there is none, or no answer.
        """
        answer = self._ask("GET", f"/api/endpoints/{name}", {})
        if answer.status_code == 404:
            raise no_endpoint(name)
        told: Job = self._json(answer, ENDPOINT)
        return told

    def delete(self, endpoint: str, deployment: str | None, *, force: bool) -> str:
        """Ask for a removal; its job. Asked again after a lost answer, it is the same one."""
        behind = f"/deployments/{deployment}" if deployment is not None else ""
        query = {"confirm": endpoint} if deployment is None else {}
        query |= {"force": "true"} if force else {}
        # Made once, before any try.
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answer = self._ask("DELETE", f"/api/endpoints/{endpoint}{behind}", query, headers)
        return str(self._json(answer, ACCEPTED)["job"])

    def job_of(self, blob: str, etag: str) -> str | None:
        """The job that came of one version of a blob; None while it is not accepted yet."""
        answer = self._ask("GET", "/api/jobs", {"blob": blob, "etag": etag})
        return next((str(job["job"]) for job in self._json(answer, JOBS)["jobs"]), None)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        began = time.monotonic()
        noticed = False
        while True:
            try:
                answer = self._session.request(
                    method,
                    self._url + path,
                    params=query,
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                )
            except ValueError as error:  # no URL, or a key that no header can hold
                raise refused(f"{self._url} cannot be asked: {error}") from error
            except requests.RequestException as error:
                fault = f"no answer from {self._url} ({type(error).__name__})"
            else:
                if answer.status_code < 500:
                    return answer
                fault = f"{self._url} answers {answer.status_code}"
            if time.monotonic() - began > self._patience:
                raise unreachable(fault)
            if not noticed:
                self._notice(f"{fault}; trying again")
                noticed = True
            time.sleep(BETWEEN_TRIES_SECONDS)

    def _json(self, answer: requests.Response, shape: Shape) -> Any:
        if answer.status_code == 401:
            raise CommandError(f"{self._url} refuses the function key", 4)
        if answer.status_code in {400, 403, 409}:
            raise refused(_error(answer))
        try:
            answer.raise_for_status()
            told = read_json(answer.content)
            wrong: object = misfit(told, shape)
        except (requests.HTTPError, ValueError) as error:
            wrong = error
        if wrong is not None:
            raise unreachable(f"{self._url} answers as no Sluice does: {wrong}")
        return told


def _error(answer: requests.Response) -> str:
    """What Sluice says of a request that it refuses."""
    try:
        return str(read_json(answer.content)["error"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.url} answers {answer.status_code}"
