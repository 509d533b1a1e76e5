"""The whole local stack: starts its parts in order, and stops them in reverse."""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from local import parts
from local.addresses import Addresses, addresses, addresses_of
from local.app_settings import app_environment
from local.child import Child, Facts, Part
from local.containers import create_containers
from local.facts import describe
from local.options import Options
from local.traces.receiver import Receiver, Trace

READY_SECONDS: Final = 120.0


class StackRunsError(Exception):
    """Another stack uses the state directory."""


class Stack:
    """A stack on one state directory; `facts` is the content of stack.json while it runs.

    It continues the state of an earlier stack, however that ended.

    If the options ask for traces, `whole` gets the spans of each job that has ended.
    """

    facts: Mapping[str, Any]

    def __init__(
        self,
        state: Path,
        options: Options | None = None,
        facts_file: Path | None = None,
        whole: Callable[[Trace], None] = lambda _: None,
    ) -> None:
        self.state = state.resolve()
        self.options = options or Options()
        self.facts_file = facts_file or self.state / "stack.json"
        self.facts = {}
        self._parts: dict[str, Part] = {}
        self._children: dict[str, Child] = {}
        self._lock: IO[str] | None = None
        self.traces: Receiver | None = None
        self._whole = whole

    def start(self) -> Self:
        """Start every part and write stack.json.

        Raises:
            StackRunsError: another stack runs on this state directory.
            PortTakenError: one of the requested ports is in use.
            ChildFailedError: a part did not become ready; all parts are stopped again.
        """
        (self.state / "logs").mkdir(parents=True, exist_ok=True)
        self._lock = _acquire_lock(self.state / "lock")
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        state, options = self.state, self.options
        at = addresses(state, options.port_base)
        with ThreadPoolExecutor() as pool:
            others = [
                pool.submit(self._begin, parts.service_bus(state, at)),
                pool.submit(self._begin, parts.durable(state, at, options)),
            ]
            self._begin(parts.storage(state, at))
            containers = pool.submit(create_containers, at)
            control = self._begin(parts.azure_ml(state, at, options))
            containers.result()
            for other in others:
                other.result()
        self.traces = Receiver(self._whole).start() if options.traces else None
        app = app_environment(at, control, options, self.traces.url if self.traces else "")
        host = self._begin(parts.functions_host(state, at, options, app))
        self._begin(parts.event_grid(state, at, host))
        self._describe(at, control, host)

    def _describe(self, at: Addresses, control: Facts, host: Facts) -> None:
        self.facts = describe(at, control, host)
        self._write()

    def _begin(self, part: Part) -> Facts:
        self._parts[part.name] = part
        child = Child(part, self.state / "logs" / f"{part.name}.log")
        self._children[part.name] = child
        return child.wait_ready(READY_SECONDS)

    def start_part(self, name: str) -> None:
        """Start a part that has ended, with the same flags, and wait until it is ready."""
        self._begin(self._parts[name])
        self._write()

    def kill(self, name: str) -> None:
        """Kill a part as `kill -9` does, and return when it is gone; `start_part` restarts it."""
        self._children[name].kill()

    def stop_part(self, name: str) -> None:
        """Let a part save its state and end; `start_part` restarts it."""
        self._children[name].stop(grace_s=30)

    def replace_app(self, app: Path) -> None:
        """Put another copy of the app in the place of this one, as a deployment to Azure does.

        The Durable extension belongs to the app's host, so the engine restarts with it.
        """
        options, at = replace(self.options, app=app), addresses_of(self.state)
        settings = self._parts[parts.FUNCTIONS_HOST].environment
        self._stop((parts.FUNCTIONS_HOST,))
        self._stop((parts.DURABLE,))
        self.options = options
        self._begin(parts.durable(self.state, at, options))
        self._begin(parts.functions_host(self.state, at, options, settings))
        self._write()

    def ended(self) -> Mapping[str, int]:
        """Return the exit codes of the parts that have ended, by name."""
        codes = {name: child.exit_code for name, child in self._children.items()}
        return {name: code for name, code in codes.items() if code is not None}

    def stop(self) -> None:
        """Stop every part, the app first and storage last, and remove stack.json."""
        self.facts_file.unlink(missing_ok=True)
        for names in (
            (parts.EVENT_GRID, parts.FUNCTIONS_HOST),
            (parts.AZURE_ML, parts.DURABLE, parts.SERVICE_BUS),
            (parts.AZURITE,),
        ):
            self._stop(names)
        if self.traces:
            self.traces.stop()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _stop(self, names: tuple[str, ...]) -> None:
        children = [self._children.pop(name) for name in names if name in self._children]
        with ThreadPoolExecutor() as pool:
            list(pool.map(Child.stop, children))

    def _write(self) -> None:
        """Write stack.json atomically, readable only by this user because it has keys."""
        pids = {name: child.pid for name, child in self._children.items()}
        self.facts = {**self.facts, "processes": pids}
        fresh = self.facts_file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self.facts, indent=2) + "\n")
        fresh.replace(self.facts_file)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _acquire_lock(file: Path) -> IO[str]:
    lock = file.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise StackRunsError(f"a stack already runs on {file.parent} (process {holder})") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
