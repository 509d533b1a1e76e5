"""Export metrics every second in a server of prompt flow: it does every minute, whatever is set.

A server finds this file because its folder is in PYTHONPATH. Gunicorn's workers are children.
"""

import os
import sys
import threading
import time

EXPORT_S = 1.0


def _export() -> None:
    while True:
        time.sleep(EXPORT_S)
        metrics = sys.modules.get("opentelemetry.metrics")
        # Without an exporter the provider is a no-op without force_flush.
        if flush := getattr(metrics and metrics.get_meter_provider(), "force_flush", None):
            flush()


def _begin() -> None:
    threading.Thread(target=_export, daemon=True).start()


os.register_at_fork(after_in_child=_begin)
