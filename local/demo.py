"""`make run`: the whole path once, in a stack of its own, as a newcomer would walk it."""

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
# Far beyond what it takes on a slow machine: what hangs must not hang the person too.
LIMIT_SECONDS: Final = 240
# A state of its own, new each time: the demo shows a first deployment, and a stack that is up
# keeps what it has.
STATE: Final = LOCAL / "demo"


def main() -> int:
    """Start, drop, show, ask, end; 0 when the endpoint answered."""
    shutil.rmtree(STATE, ignore_errors=True)
    began = time.monotonic()
    print("starting all of Azure that a deployment touches, on this machine", flush=True)
    try:
        with Stack(STATE) as stack:
            print(f"ready after {time.monotonic() - began:.1f} s\n", flush=True)
            done = _walk(stack)
            print("\nending the stack", flush=True)
    except (ChildFailedError, PortTakenError, StackRunsError) as wrong:
        print(f"run: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return done


def _walk(stack: Stack) -> int:
    if failed := _sluice(stack, "drop", f"samples/{FLOW}"):
        return failed
    print(f"\nthe result message, as it came from the queue {stack.facts['results_queue']}:")
    _show_result(stack)
    print(flush=True)
    return _sluice(stack, "invoke", FLOW, json.dumps(QUESTION))


def _sluice(stack: Stack, *words: str) -> int:
    """Run the command line as a person would, and show how."""
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
