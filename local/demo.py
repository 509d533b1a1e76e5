"""`make run`: one whole deployment in a new stack, as a newcomer would do it."""

import json
import shlex
import shutil
import subprocess
import sys
import time
from typing import Final

from azure.servicebus import ServiceBusClient

from local.addresses import PortTakenError
from local.child import ChildFailedError
from local.places import LOCAL, ROOT
from local.stack import Stack, StackRunsError

FLOW: Final = "hello"
QUESTION: Final = {"question": "How does a lock lift a boat over a hill?"}
# Far more than a slow machine needs; ends a command that hangs.
LIMIT_SECONDS: Final = 240
# A separate state, new each time: the demo shows a first deployment, and does not touch a running
# stack.
STATE: Final = LOCAL / "demo"


def main() -> int:
    """Start, drop, show the result, invoke, stop; return 0 if the endpoint answered."""
    shutil.rmtree(STATE, ignore_errors=True)
    began = time.monotonic()
    print("starting all Azure services that a deployment uses, on this machine", flush=True)
    try:
        with Stack(STATE) as stack:
            print(f"ready after {time.monotonic() - began:.1f} s\n", flush=True)
            done = _deploy(stack)
            print("\nstopping the stack", flush=True)
            page = f"{stack.facts['functions_url']}/api/ui"
        print(f"\nto see it in a browser: SLUICE_LOCAL_STATE={STATE} make up, then {page}")
    except (ChildFailedError, PortTakenError, StackRunsError) as wrong:
        print(f"run: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return done


def _deploy(stack: Stack) -> int:
    if failed := _sluice(stack, "drop", f"samples/{FLOW}"):
        return failed
    print(f"\nthe result message, from the queue {stack.facts['results_queue']}:")
    _show_result(stack)
    print(flush=True)
    return _sluice(stack, "invoke", FLOW, json.dumps(QUESTION))


def _sluice(stack: Stack, *words: str) -> int:
    """Print a command line and run it."""
    print(f"$ sluice {shlex.join(words)}", flush=True)
    command = [sys.executable, "-m", "cli", *words, "--stack", str(stack.facts_file)]
    try:
        return subprocess.run(command, cwd=ROOT, check=False, timeout=LIMIT_SECONDS).returncode
    except subprocess.TimeoutExpired:
        print(f"run: not done after {LIMIT_SECONDS} s; logs in {stack.state / 'logs'}")
        return 1


def _show_result(stack: Stack) -> None:
    """Take the first message off the results queue and print it."""
    connection = stack.facts["servicebus_connection_string"]
    queue = stack.facts["results_queue"]
    with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_receiver(queue, max_wait_time=30) as receiver,
    ):
        message = next(iter(receiver))
        receiver.complete_message(message)
        print(f"message id {message.message_id}, correlation id {message.correlation_id}")
        print(json.dumps(json.loads(str(message)), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
