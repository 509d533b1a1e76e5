"""During any outage no request is lost or answered twice. `-s` prints the table."""

from dataclasses import astuple

import pytest

from tests.fakes.outages import FAILURES, LENGTHS, PARTS, Outage

_HEAD = ("away", "how", "for", "asked", "told", "lost", "doubled", "dead", "calls failed")


@pytest.fixture(scope="module", autouse=True)
def head() -> None:
    print("\n" + "".join(f"{it:>14}" for it in _HEAD))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("how", FAILURES)
@pytest.mark.parametrize("part", PARTS)
def test_whatever_is_unreachable_each_request_has_one_result(part: str, how: str, length: str):
    found = Outage(part, how, LENGTHS[length]).run()
    row = (part, how, length, *astuple(found))
    print("".join(f"{it:>14}" for it in row))
    assert (found.told, found.lost, found.doubled, found.dead) == (found.asked, 0, 0, 0)
    assert found.failed
