import time
import uuid

from azure.servicebus import ServiceBusMessage

from tests.local.service_bus.box import Box, soon, texts


def _message(text: str, message_id: str) -> ServiceBusMessage:
    return ServiceBusMessage(text, message_id=message_id)


def test_second_message_with_the_same_id_is_dropped(unique: Box) -> None:
    name, other = uuid.uuid4().hex, uuid.uuid4().hex
    unique.send(_message("1", name), _message("2", name), _message("3", other))
    unique.send_batch([_message("4", name), _message("5", other)])
    assert texts(unique.peek()) == ["1", "3"]


def test_id_stays_seen_after_its_message_is_gone(unique: Box) -> None:
    name = uuid.uuid4().hex
    unique.send(_message("1", name))
    unique.complete(*unique.receive())
    unique.send(_message("2", name))
    assert unique.peek() == []


def test_scheduled_duplicate_is_dropped(unique: Box) -> None:
    name = uuid.uuid4().hex
    for text in ("1", "2", "3"):
        unique.schedule(_message(text, name), soon(0.3))
    unique.send(_message("4", name))
    got = unique.receive()
    assert texts(got) == ["1"]
    unique.complete(*got)
    assert unique.peek() == []


def test_id_is_new_again_after_the_window(forgetful: Box) -> None:
    name = uuid.uuid4().hex
    forgetful.send(_message("1", name))
    time.sleep(0.55)
    forgetful.send(_message("2", name))
    assert texts(forgetful.peek()) == ["1", "2"]


def test_duplicates_arrive_without_detection(plain: Box) -> None:
    plain.send(_message("1", "same"), _message("2", "same"))
    assert texts(plain.peek()) == ["1", "2"]
