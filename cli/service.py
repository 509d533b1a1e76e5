"""Client of Sluice's HTTP API."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import requests

from cli.answers import (
    ACCEPTED,
    DEAD_LETTERS,
    ENDPOINT,
    ENDPOINTS,
    JOB,
    JOBS,
    PLAN,
    RESUMED,
    RETIREMENT,
    SETTLED,
    Shape,
    find_mismatch,
)
from cli.errors import CommandError, no_endpoint, refused, unreachable
from cli.target import Target
from shared.domain.parsing.strict_json import read_json

type Job = Mapping[str, Any]

# An app that restarts is back within this time.
PATIENCE_SECONDS: Final = 60.0
BETWEEN_TRIES_SECONDS: Final = 0.5
TIMEOUT_SECONDS: Final = 30.0
# The app may take a minute, to read a package and to ask Azure.
PLAN_SECONDS: Final = 90.0


class Service:
    """Client of one Sluice app; tries again while the app restarts.

    Args:
        target: The app to call.
        patience_s: Seconds to keep trying while there is no answer.
        notice: Called once for each request that is tried again.
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
        """Return one job with its steps and, at its end, its result.

        Raises:
            CommandError: there is no such job, or no answer.
        """
        answer = self._request("GET", f"/api/jobs/{job}", {})
        if answer.status_code == 404:
            raise refused(
                f"there is no job {job}: take the id that `sluice drop` printed, or one of the "
                "newest jobs (GET /api/jobs)"
            )
        content: Job = self._read(answer, JOB)
        return content

    def endpoints(self) -> Sequence[Job]:
        """Return a summary of every endpoint of the workspace."""
        answer = self._request("GET", "/api/endpoints", {})
        found: Sequence[Job] = self._read(answer, ENDPOINTS)["endpoints"]
        return found

    def retirement(self) -> Job:
        """Return the workspace's deployments that run a retired image or prompt flow."""
        content: Job = self._read(self._request("GET", "/api/retirement", {}), RETIREMENT)
        return content

    def endpoint(self, name: str) -> Job:
        """Return one endpoint.

        Raises:
            CommandError: there is no such endpoint, or no answer.
        """
        answer = self._request("GET", f"/api/endpoints/{name}", {})
        if answer.status_code == 404:
            raise no_endpoint(name)
        content: Job = self._read(answer, ENDPOINT)
        return content

    def delete(self, endpoint: str, deployment: str | None, *, force: bool) -> str:
        """Request a deletion and return its job; trying again gives the same job."""
        deployment_path = f"/deployments/{deployment}" if deployment is not None else ""
        query = {"confirm": endpoint} if deployment is None else {}
        query |= {"force": "true"} if force else {}
        # One key for all tries.
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answer = self._request(
            "DELETE", f"/api/endpoints/{endpoint}{deployment_path}", query, headers
        )
        return str(self._read(answer, ACCEPTED)["job"])

    def roll_back(self, endpoint: str, reason: str) -> str:
        """Request a rollback and return its job; trying again gives the same job."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path, body = f"/api/endpoints/{endpoint}/rollback", {"reason": reason}
        return str(self._read(self._request("POST", path, {}, headers, body), ACCEPTED)["job"])

    def decide(self, job: str, kind: str, reason: str) -> None:
        """Record a decision about a job; trying again changes nothing."""
        answer = self._request("POST", f"/api/jobs/{job}/{kind}", {}, body={"reason": reason})
        self._read(answer, ACCEPTED)

    def retry(self, job: str) -> str:
        """Try a job again and return the new one; trying again gives the same job."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answer = self._request("POST", f"/api/jobs/{job}/retry", {}, headers)
        return str(self._read(answer, ACCEPTED)["job"])

    def resume(self, endpoint: str) -> str | None:
        """End the endpoint's hold; returns the job that waited, or None."""
        answer = self._request("POST", f"/api/endpoints/{endpoint}/resume", {})
        job: str | None = self._read(answer, RESUMED).get("job")
        return job

    def force(self, blob: str) -> str:
        """Deploy a blob, also content that failed a gate of a rollout; return the job."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        body = {"source": {"blob": blob}, "force": True}
        answer = self._request("POST", "/api/deployments", {}, headers, body)
        return str(self._read(answer, ACCEPTED)["job"])

    def plan(self, asked: Mapping[str, Any] | bytes, blob: str = "") -> Job:
        """Return what a deployment would do.

        Args:
            asked: the body of a deployment request, or the bytes of a zip.
            blob: what the zip would be dropped as.
        """
        is_zip = isinstance(asked, bytes)
        query = {"blob": blob} if is_zip else {}
        headers = {"Content-Type": "application/zip"} if is_zip else None
        answer = self._request("POST", "/api/plan", query, headers, asked, PLAN_SECONDS)
        content: Job = self._read(answer, PLAN)
        return content

    def dead_letters(self) -> Sequence[Job]:
        """Return the oldest dead letters of each queue."""
        answer = self._request("GET", "/api/dead-letters", {})
        found: Sequence[Job] = self._read(answer, DEAD_LETTERS)["dead_letters"]
        return found

    def settle(self, queue: str, letter: str, act: str) -> Job:
        """Replay or discard a dead letter; trying again changes nothing.

        Raises:
            CommandError: there is no such letter, or it was settled otherwise.
        """
        path = f"/api/dead-letters/{queue}/{letter}/{act}"
        answer = self._request("POST", path, {}, seconds=PLAN_SECONDS)
        content: Job = self._read(answer, SETTLED)
        return content

    def job_of(self, blob: str, etag: str) -> str | None:
        """Return the job of one version of a blob; None until it is accepted."""
        answer = self._request("GET", "/api/jobs", {"blob": blob, "etag": etag})
        return next((str(job["job"]) for job in self._read(answer, JOBS)["jobs"]), None)

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        seconds: float = TIMEOUT_SECONDS,
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
                    **({"data": body} if isinstance(body, bytes) else {"json": body}),
                    timeout=seconds,
                )
            except ValueError as error:  # not a URL, or a key that cannot be a header
                raise refused(f"cannot call {self._url}: {error}") from error
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

    def _read(self, answer: requests.Response, shape: Shape) -> Any:
        if answer.status_code == 401:
            raise CommandError(f"{self._url} refuses the function key", 4)
        if answer.status_code in {400, 403, 404, 409, 413}:
            raise refused(_refusal(answer))
        try:
            answer.raise_for_status()
            content = read_json(answer.content)
            wrong: object = find_mismatch(content, shape)
        except (requests.HTTPError, ValueError) as error:
            wrong = error
        if wrong is not None:
            raise unreachable(f"unexpected answer from {self._url}: {wrong}")
        return content


def _refusal(answer: requests.Response) -> str:
    """Return why Sluice refuses the request."""
    try:
        return str(read_json(answer.content)["error"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.url} answers {answer.status_code}"
