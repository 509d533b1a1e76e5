"""Faults that make a named call of a fake fail, before or after its work."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate


@dataclass
class _Fault:
    call: str
    failure: Exception
    times: int
    after: bool


class Breakable:
    """A fake that counts its calls by name and fails those set with `fail`.

    A failure *after* is the lost answer: the work is done, and the caller does not know.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._faults: list[_Fault] = []
        self.away: Callable[[], Exception | None] = lambda: None
        self.watch: Callable[[Breakable, str, bool], None] = lambda fake, call, after: None

    def fail(self, call: str, failure: Exception, *, times: int = 1, after: bool = False) -> None:
        """Let the next calls of that name raise the failure."""
        assert getattr(type(self), call, None), f"{type(self).__name__} has no call {call}"
        self._faults.append(_Fault(call, failure, times, after))

    def strike(self, call: str, *, after: bool) -> None:
        """Raise the first remaining fault for this call at this moment.

        `away`: the failure of every call while it is set. `watch`: sees every call before and after
        its work, and may raise.
        """
        self.watch(self, call, after)
        away = self.away()
        if away is not None and not after:
            raise away
        for fault in self._faults:
            if fault.call == call and fault.after == after and fault.times > 0:
                fault.times -= 1
                raise fault.failure


def breakable[S: Breakable, **P, R](
    method: Callable[Concatenate[S, P], R],
) -> Callable[Concatenate[S, P], R]:
    """Mark a call of a fake that `fail` can break."""
    name = method.__name__

    @functools.wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        self.calls.append(name)
        self.strike(name, after=False)
        answer = method(self, *args, **kwargs)
        self.strike(name, after=True)
        return answer

    return call
