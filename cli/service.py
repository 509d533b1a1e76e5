"""Client of Sluice's HTTP API."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from cli import answers
from cli.connection import Connection
from cli.errors import NotFoundError, no_endpoint, no_job, refused
from cli.shapes import Shape
from cli.target import Target

type Content = Mapping[str, Any]

# The app may take a minute, to read a package and to ask Azure.
SLOW_SECONDS: Final = 90.0
LEAST_DIGITS: Final = 6
_ID_DIGITS: Final = 20
_PAGES: Final = 3


class Service:
    """What a Sluice app can be asked. Any call raises CommandError if the app refuses it."""

    def __init__(self, target: Target) -> None:
        self._app = Connection(target)

    def jobs(
        self, state: str | None = None, endpoint: str | None = None, before: str | None = None
    ) -> Content:
        """Return a page of jobs, newest first, and the token of the next page."""
        query = {"state": state, "endpoint": endpoint, "before": before}
        content: Content = self._app.get("/api/jobs", answers.JOBS, query)
        return content

    def whole_id(self, word: str) -> str:
        """Return the id of the job that begins with `word`; a whole id as it is.

        Raises:
            CommandError: no new job begins so, or several do.
        """
        if not LEAST_DIGITS <= len(word) < _ID_DIGITS:
            return word
        found = [it for it in self._newest_ids() if it.startswith(word.lower())]
        if len(found) > 1:
            raise refused(f"several jobs begin with {word}: {', '.join(found)}")
        return found[0] if found else word

    def job(self, job: str) -> Content:
        """Return one job with its steps and, at its end, its result."""
        try:
            content: Content = self._app.get(f"/api/jobs/{job}", answers.JOB)
        except NotFoundError as wrong:
            raise no_job(job, self._newest_ids()) from wrong
        return content

    def job_of(self, blob: str, etag: str) -> str | None:
        """Return the job of one version of a blob; None until it is accepted."""
        found = self._app.get("/api/jobs", answers.JOBS, {"blob": blob, "etag": etag})
        return next((str(job["job"]) for job in found["jobs"]), None)

    def decide(self, job: str, kind: str, reason: str) -> None:
        """Record a decision about a job; trying again changes nothing."""
        self._app.post(f"/api/jobs/{job}/{kind}", answers.ACCEPTED, {"reason": reason})

    def retry(self, job: str) -> str:
        """Try a job again and return the new one; trying again gives the same job."""
        return str(self._app.post(f"/api/jobs/{job}/retry", answers.ACCEPTED)["job"])

    def force(self, blob: str) -> str:
        """Deploy a blob, also content that failed a gate of a rollout; return the job."""
        body = {"source": {"blob": blob}, "force": True}
        return str(self._app.post("/api/deployments", answers.ACCEPTED, body)["job"])

    def plan(self, asked: Content) -> Content:
        """Return what a deployment would do, for the body of a request."""
        content: Content = self._app.post("/api/plan", answers.PLAN, asked, SLOW_SECONDS)
        return content

    def plan_zip(self, content: bytes, blob: str) -> Content:
        """Return what a deployment of a zip would do that was dropped as `blob`."""
        found: Content = self._app.post_zip("/api/plan", answers.PLAN, blob, content, SLOW_SECONDS)
        return found

    def endpoints(self) -> Sequence[Content]:
        """Return a summary of every endpoint of the workspace."""
        found: Sequence[Content] = self._app.get("/api/endpoints", answers.ENDPOINTS)["endpoints"]
        return found

    def endpoint(self, name: str) -> Content:
        """Return one endpoint."""
        return self._view(name, "", answers.ENDPOINT)

    def consume(self, name: str) -> Content:
        """Return how to call an endpoint."""
        return self._view(name, "/consume", answers.CONSUME)

    def metrics(self, name: str, minutes: int) -> Content:
        """Return an endpoint's metrics of the last minutes."""
        return self._view(name, "/metrics", answers.METRICS, {"minutes": str(minutes)})

    def redeploy(self, endpoint: str, revision: str, *, force: bool) -> str:
        """Deploy a revision again and return the job; trying again gives the same job."""
        body = {"revision": revision, "force": force}
        path = f"/api/endpoints/{endpoint}/redeploy"
        return str(self._app.post(path, answers.ACCEPTED, body)["job"])

    def roll_back(self, endpoint: str, reason: str) -> str:
        """Request a rollback and return its job; trying again gives the same job."""
        path, body = f"/api/endpoints/{endpoint}/rollback", {"reason": reason}
        return str(self._app.post(path, answers.ACCEPTED, body)["job"])

    def resume(self, endpoint: str) -> Content:
        """End the endpoint's hold; returns the job that waited, or None, as `job`."""
        content: Content = self._app.post(f"/api/endpoints/{endpoint}/resume", answers.RESUMED)
        return content

    def delete(self, endpoint: str, deployment: str | None, *, force: bool) -> str:
        """Request a deletion and return its job; trying again gives the same job."""
        below = f"/deployments/{deployment}" if deployment is not None else ""
        query = {"confirm": endpoint} if deployment is None else {}
        query |= {"force": "true"} if force else {}
        path = f"/api/endpoints/{endpoint}{below}"
        return str(self._app.delete(path, answers.ACCEPTED, query)["job"])

    def retirement(self) -> Content:
        """Return the workspace's deployments that run a retired image or prompt flow."""
        content: Content = self._app.get("/api/retirement", answers.RETIREMENT)
        return content

    def doctor(self) -> Content:
        """Return what the app finds of itself, and the names of what it uses."""
        content: Content = self._app.get("/api/doctor", answers.DOCTOR, seconds=SLOW_SECONDS)
        return content

    def dead_letters(self) -> Sequence[Content]:
        """Return the oldest dead letters of each queue."""
        found = self._app.get("/api/dead-letters", answers.DEAD_LETTERS)
        letters: Sequence[Content] = found["dead_letters"]
        return letters

    def settle(self, queue: str, letter: str, act: str) -> Content:
        """Replay or discard a dead letter; trying again changes nothing."""
        path = f"/api/dead-letters/{queue}/{letter}/{act}"
        content: Content = self._app.post(path, answers.SETTLED, seconds=SLOW_SECONDS)
        return content

    def _view(
        self, name: str, below: str, shape: Shape, query: Mapping[str, str] | None = None
    ) -> Content:
        try:
            content: Content = self._app.get(f"/api/endpoints/{name}{below}", shape, query)
        except NotFoundError as wrong:
            raise no_endpoint(name, (it["name"] for it in self.endpoints())) from wrong
        return content

    def _newest_ids(self) -> Iterator[str]:
        def pages() -> Iterator[Content]:
            before: str | None = None
            while True:
                page = self.jobs(before=before)
                yield page
                if (before := page.get("before")) is None:
                    return

        return (str(it["job"]) for page in islice(pages(), _PAGES) for it in page["jobs"])
