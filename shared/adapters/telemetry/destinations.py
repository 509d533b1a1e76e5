"""Where telemetry goes to, by the settings that OpenTelemetry and Azure Monitor define."""

from collections.abc import Mapping


def to_collector(environment: Mapping[str, str]) -> bool:
    """Whether to send to an OpenTelemetry collector, by OTLP over HTTP."""
    return bool(environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"))


def to_azure_monitor(environment: Mapping[str, str]) -> bool:
    """Whether to send to Application Insights."""
    return bool(environment.get("APPLICATIONINSIGHTS_CONNECTION_STRING"))


def is_on(environment: Mapping[str, str]) -> bool:
    """Whether to send anything."""
    disabled = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not disabled and (to_collector(environment) or to_azure_monitor(environment))
