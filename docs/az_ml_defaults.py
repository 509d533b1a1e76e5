"""The defaults of az ml's fields beside Sluice's: a table of reference/manifest.md."""

from collections.abc import Iterator, Mapping
from typing import Final

from shared.domain.azure.endpoint import DeploymentSettings, EndpointSpec, Probe, RequestSettings
from shared.domain.release.release import DEFAULT_INSTANCE_TYPE

_PROBE: Final = {
    "failure_threshold": 30,
    "success_threshold": 1,
    "timeout": 2,
    "period": 10,
    "initial_delay": 10,
}
AZ_ML: Final[Mapping[str, object]] = {
    "auth_mode": "key",
    "instance_type": "required",
    "instance_count": "required",
    "environment": "required",
    "app_insights_enabled": False,
    "request_settings.request_timeout_ms": 5_000,
    "request_settings.max_concurrent_requests_per_instance": 1,
    "request_settings.max_queue_wait_ms": 500,
    **{f"liveness_probe.{field}": default for field, default in _PROBE.items()},
    **{f"readiness_probe.{field}": default for field, default in _PROBE.items()},
}
"""Default of each field in azure-ai-ml; a test compares it with azure-ai-ml itself."""

REASONS: Final[Mapping[str, str]] = {
    "instance_type": "a flow without a manifest is deployed too",
    "instance_count": "the same; and an autoscaler's count is kept",
    "environment": "the flow names its image and its requirements itself",
    "request_settings.request_timeout_ms": "a flow that calls a model often takes more than 5 s; "
    "Azure takes 300 s for prompt flows",
    "request_settings.max_concurrent_requests_per_instance": "a flow waits for a model most of "
    "the time: one request at a time would leave the instance idle and answer 429",
    "request_settings.max_queue_wait_ms": "a request waits for its turn behind slow ones, instead "
    "of being refused after half a second",
}
"""Why Sluice's default differs."""


def ours() -> dict[str, object]:
    """Return Sluice's defaults, read from the code that uses them."""
    requests, probe = RequestSettings(), Probe()
    probed = {field: getattr(probe, field) for field in _PROBE}
    return {
        "auth_mode": EndpointSpec("").auth_mode.lower(),
        "instance_type": DEFAULT_INSTANCE_TYPE,
        "instance_count": "what runs now, else 1",
        "environment": "the flow's image and requirements",
        "app_insights_enabled": DeploymentSettings().app_insights_enabled,
        "request_settings.request_timeout_ms": round(requests.request_timeout * 1_000),
        "request_settings.max_concurrent_requests_per_instance": (
            requests.max_concurrent_requests_per_instance
        ),
        "request_settings.max_queue_wait_ms": round(requests.max_queue_wait * 1_000),
        **{f"liveness_probe.{field}": default for field, default in probed.items()},
        **{f"readiness_probe.{field}": default for field, default in probed.items()},
    }


def table() -> Iterator[str]:
    """Yield the lines of the page's section."""
    yield "## Defaults that differ from az ml's"
    yield ""
    yield "Unset fields have az ml's defaults, also in az ml's own files, except these:"
    yield ""
    yield "| field | az ml's | Sluice's | why |"
    yield "| --- | --- | --- | --- |"
    defaults = ours()
    for field, reason in REASONS.items():
        yield f"| `{field}` | {AZ_ML[field]} | {defaults[field]} | {reason} |"
    yield ""
