"""Telemetry by OpenTelemetry: traces and metrics, sent by a thread of their own."""

from collections.abc import Mapping

from shared.adapters.telemetry.destinations import is_on
from shared.adapters.telemetry.recorder import Recorder
from shared.adapters.telemetry.sending import Sending, connect
from shared.ports.telemetry import Silent, Telemetry


def open_telemetry(environment: Mapping[str, str]) -> Telemetry:
    """Return what the app's settings ask for. Nothing is opened before something is to be told."""
    return Recorder(Sending(connect)) if is_on(environment) else Silent()
