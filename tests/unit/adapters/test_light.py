import json
import subprocess
import sys

MODULES = [
    "arm",
    "azure_ml",
    "blobs",
    "bus",
    "copies",
    "credential",
    "ledger",
    "roles",
    "scoring",
    "sender",
    "turns",
    "workspace",
]
HEAVY = ("azure.ai.ml", "azure.identity", "azure.servicebus", "msal")


def test_importing_the_adapters_opens_nothing_and_loads_nothing_heavy() -> None:
    imports = "; ".join(f"import shared.adapters.{name}" for name in MODULES)
    script = (
        f"import json, sys, threading; {imports}; "
        f"print(json.dumps([[m for m in {HEAVY!r} if m in sys.modules], threading.active_count()]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, timeout=60, text=True
    )
    assert json.loads(run.stdout) == [[], 1]
