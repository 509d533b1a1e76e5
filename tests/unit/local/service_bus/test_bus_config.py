import json
from datetime import timedelta
from pathlib import Path

import pytest

from local.cloud import CHANGES_QUEUE, REQUESTS_QUEUE, RESULTS_QUEUE
from local.service_bus.config import ConfigError, read_config

OWN = Path(__file__).parents[4] / "local" / "service_bus" / "queues.json"


def _file(folder: Path, queues: object, **more: object) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps({"UserConfig": {"Namespaces": [{"Queues": queues, **more}]}}))
    return path


def test_the_local_stack_has_its_three_queues() -> None:
    queues = {queue.name: queue.properties for queue in read_config(OWN)}
    assert set(queues) == {REQUESTS_QUEUE, RESULTS_QUEUE, CHANGES_QUEUE}
    assert queues[REQUESTS_QUEUE].max_delivery_count == 10
    assert queues[RESULTS_QUEUE].requires_duplicate_detection
    assert queues[RESULTS_QUEUE].default_message_time_to_live == timedelta(days=14)
    assert queues[CHANGES_QUEUE].duplicate_detection_history_time_window == timedelta(minutes=10)


def test_missing_settings_use_azure_defaults(tmp_path: Path) -> None:
    [queue] = read_config(_file(tmp_path, [{"Name": "q"}]))
    assert queue.properties.lock_duration == timedelta(minutes=1)
    assert queue.properties.max_delivery_count == 10
    assert queue.properties.default_message_time_to_live is None


def test_a_config_of_microsofts_emulator_is_read(tmp_path: Path) -> None:
    properties = {
        "DeadLetteringOnMessageExpiration": False,
        "DefaultMessageTimeToLive": "PT1H",
        "DuplicateDetectionHistoryTimeWindow": "PT20S",
        "ForwardDeadLetteredMessagesTo": "",
        "ForwardTo": "",
        "LockDuration": "PT1M",
        "MaxDeliveryCount": 3,
        "RequiresDuplicateDetection": False,
        "RequiresSession": False,
    }
    path = _file(tmp_path, [{"Name": "queue.1", "Properties": properties}], Name="sbemulatorns")
    assert [queue.name for queue in read_config(path)] == ["queue.1"]


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"RequiresSession": True}, "not support sessions"),
        ({"ForwardTo": "other"}, "not support forwarding"),
        ({"LockDuration": "PT6M"}, "5 minutes|300"),
        ({"DuplicateDetectionHistoryTimeWindow": "P8D"}, "7 days|604800"),
        ({"MaxDeliveryCount": 0}, "MaxDeliveryCount"),
        ({"LockDuration": "a minute"}, "LockDuration"),
        ({"LokDuration": "PT1M"}, "LokDuration"),
    ],
)
def test_unsupported_queue_settings_are_refused_by_name(
    tmp_path: Path, properties: object, why: str
) -> None:
    with pytest.raises(ConfigError, match=why):
        read_config(_file(tmp_path, [{"Name": "q", "Properties": properties}]))


def test_topics_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not support topics"):
        read_config(_file(tmp_path, [], Topics=[{"Name": "t"}]))


def test_two_queues_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="same name"):
        read_config(_file(tmp_path, [{"Name": "q"}, {"Name": "Q"}]))
