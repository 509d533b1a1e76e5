import socket
from pathlib import Path

import pytest

from local.addresses import PORTS, SINGLE, PortTakenError, addresses, free_port


def listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def test_state_directory_keeps_ports_and_secrets(tmp_path: Path) -> None:
    first = addresses(tmp_path, None)
    assert addresses(tmp_path, None) == first
    assert len({first.port(name) for name in PORTS}) == len(PORTS)


def test_two_stacks_differ_in_their_secrets(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = addresses(tmp_path / "one", None), addresses(tmp_path / "two", None)
    assert one.function_key != two.function_key


def test_taken_port_base_is_refused(tmp_path: Path) -> None:
    base = addresses(tmp_path, None).port_base
    with listening(base + 4), pytest.raises(PortTakenError, match=f"{base} to {base + 9}"):
        addresses(tmp_path, base, patience_s=0.1)


def test_stack_with_taken_ports_chooses_others_and_keeps_its_secrets(
    tmp_path: Path,
) -> None:
    first = addresses(tmp_path, None)
    with listening(first.port("admin")):
        second = addresses(tmp_path, None, patience_s=0.1)
    assert second.port_base != first.port_base
    assert second.function_key == first.function_key


def test_single_port_is_free_and_outside_the_ephemeral_range(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first_of_linux = 32_768
    assert max(SINGLE) < first_of_linux
    port = free_port()
    monkeypatch.setattr("local.addresses.SINGLE", range(port, port + 1))
    with listening(port), pytest.raises(PortTakenError, match="no 1 free port"):
        free_port()
