"""Reasons why any container does not start: memory, probes, a crash."""

from shared.domain.diagnosis.row import NOT_READY, TROUBLESHOOTING, Row, Signal
from shared.domain.diagnosis.rows.flow_packages import STARTS

ROWS = (
    Row(
        "Out of memory",
        Signal("ResourceNotReady", "User container has crashed: OOMKilled"),
        "The container needs more memory than the machine has",
        "Choose a larger size (deployment.instance_type) or fewer workers (PROMPTFLOW_WORKER_NUM)",
        code=STARTS + "|OutOfQuota",
        signs=(
            (
                r"OOMKilled|out of memory|MemoryError|exit(ed with)? code 137"
                r"|insufficient memory|memory footprint|available memory"
            ),
        ),
        page=f"{TROUBLESHOOTING}#memory-quota",
        also=(
            Signal(
                "OutOfQuota",
                "Container terminated due to insufficient memory. Please see troubleshooting "
                "guide, available here: https://aka.ms/oe-tsg#error-outofquota",
            ),
            Signal(
                "OutOfQuota",
                "The memory footprint of the model is larger than the available memory.",
            ),
        ),
    ),
    Row(
        "The container starts too slowly",
        Signal(
            "ResourceNotReady",
            "User container readiness probe failed: timed out waiting for the container",
        ),
        "The container did not become ready before the probes gave up",
        "Give it more time: deployment.readiness_probe and liveness_probe, initial_delay and "
        "failure_threshold; or choose a larger size. The end of its log is below",
        code="ResourceNotReady",
        said=(r"readiness|probe .*(timed? ?out|timeout)|too long",),
        page=NOT_READY,
    ),
    Row(
        "The probes find nobody",
        Signal(
            "ResourceNotReady",
            "Liveness probe failed: HTTP probe failed with statuscode: 404",
        ),
        "The container did not become ready: the probes call a route or port it does not serve",
        "An image of your own must serve /health and /score on port 8080; else set the routes of "
        "its inference_config",
        code=STARTS,
        said=(r"probe failed with status ?code: 404|connection refused",),
        page=NOT_READY,
    ),
    Row(
        "The container crashed",
        Signal(
            "ResourceNotReady",
            "User container has crashed or terminated: Liveness probe failed: HTTP probe failed "
            "with statuscode: 502",
        ),
        "The container did not become ready",
        "Read the end of its log below: the flow fails while it starts (an import, a missing "
        "package in requirements.txt, a missing file); run it with 'pf flow serve' to see it",
        code="ResourceNotReady|BadArgument",
        said=(r"container has crashed|probe failed",),
        page=NOT_READY,
        also=(
            Signal(
                "BadArgument", "User container has crashed or terminated. (link: aka.ms/oe-tsg)"
            ),
            Signal(
                "ResourceNotReady",
                "User container has crashed or terminated. Please see troubleshooting guide, "
                "available here: https://aka.ms/oe-tsg#error-resourcenotready",
            ),
        ),
    ),
    Row(
        "ResourceNotReady",
        Signal("ResourceNotReady", "The deployment is not ready"),
        "The container did not become ready",
        "Read the end of its log below; run the flow with 'pf flow serve' to see what it does "
        "when it starts",
        code="ResourceNotReady",
        page=NOT_READY,
    ),
)
