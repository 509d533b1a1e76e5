"""The local stack in the foreground: `python -m local up`."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.addresses import PortTakenError
from local.child import ChildFailedError
from local.options import Options
from local.places import LOCAL
from local.stack import Stack, StackRunsError
from local.supervisor import stop_signals, supervise
from local.traces.receiver import Trace
from local.traces.waterfall import waterfall

PREFIX = "SLUICE_LOCAL_"
STATE = LOCAL / "state"


def main(words: Sequence[str] | None = None) -> int:
    """Run the stack until Ctrl-C; return 0 after a requested stop."""
    flags = _flags().parse_args(words)
    began = time.monotonic()
    stack = Stack(flags.state, _options(flags), _facts_file(flags.state), _draw)
    with stop_signals() as stop:
        print("starting the local stack", flush=True)
        try:
            stack.start()
        except (StackRunsError, PortTakenError, ChildFailedError) as wrong:
            print(f"up: {wrong}", file=sys.stderr)
            return 1
        print(_welcome(stack, time.monotonic() - began), flush=True)
        supervise(stack, stop, _notice)
        print("stopping the local stack", flush=True)
        stack.stop()
    return 0


def _draw(trace: Trace) -> None:
    """Print a job that has ended."""
    print(f"\n{waterfall(trace)}\n", flush=True)


def _notice(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


def _welcome(stack: Stack, seconds: float) -> str:
    facts = stack.facts
    return f"""\
ready after {seconds:.1f} s
  functions    {facts["functions_url"]}
  proxy        {facts["https_proxy"]}  (for https to Azure's host names, with {facts["ca_bundle"]})
  admin        {facts["admin_url"]}  (faults, calls)
  logs         {stack.state / "logs"}
  everything   {stack.facts_file}
drop a flow with: .venv/bin/sluice drop samples/hello     end with Ctrl-C
see it at {facts["functions_url"]}/api/ui     its function key: {facts["function_key"]}"""


def _facts_file(state: Path) -> Path:
    """Return the path of stack.json: .local/ for the default state, else inside the state."""
    return LOCAL / "stack.json" if state == STATE else state / "stack.json"


def _options(flags: argparse.Namespace) -> Options:
    return Options(
        port_base=flags.port_base,
        endpoint_seconds=flags.endpoint_seconds,
        deployment_seconds=flags.deployment_seconds,
        grant_seconds=flags.grant_seconds,
        put_seconds=flags.put_seconds,
        visible_seconds=flags.visible_seconds,
        serve=flags.serve,
        quota={family: int(cores) for family, cores in flags.quota},
        settings=dict(flags.setting),
        traces=flags.traces,
    )


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description="All Azure services that a job uses, on this machine.",
        epilog=f"Each option may also be set as an environment variable: {PREFIX}PORT_BASE=21000,"
        f" {PREFIX}QUOTA='FAMILY=24 OTHER=8', and so on.",
    )
    up = parser.add_subparsers(required=True, metavar="up").add_parser(
        "up", help="start the stack and keep it running until Ctrl-C"
    )
    add = up.add_argument
    add("--state", type=lambda word: Path(word).resolve(), default=_variable("STATE", str(STATE)))
    add("--port-base", type=int, default=_variable("PORT_BASE"), help="ten ports from here on")
    usual = {"endpoint": "1", "deployment": "3", "grant": "2", "put": "0", "visible": "0"}
    for name, default in usual.items():
        seconds = _variable(f"{name.upper()}_SECONDS", default)
        add(f"--{name}-seconds", type=float, default=seconds, help=f"default {default}")
    add("--serve", choices=("flow", "echo"), default=_variable("SERVE", "flow"))
    add(
        "--traces",
        action="store_true",
        default=bool(_variable("TRACES")),
        help="print a waterfall of each job that has ended",
    )
    for name, what in (("quota", "cores of a VM family"), ("setting", "a setting of the app")):
        given = [_pair(word) for word in (_variable(name.upper()) or "").split()]
        add(
            f"--{name}",
            type=_pair,
            action="append",
            metavar="NAME=VALUE",
            default=given,
            help=f"{what}; may be repeated",
        )
    return parser


def _variable(name: str, default: str | None = None) -> str | None:
    return os.environ.get(PREFIX + name, default)


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{word!r} is not NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
