"""The tests' own broker and its queues."""

import json
from pathlib import Path

from local.addresses import free_port
from local.service_bus.address import connection_string
from tests.local.part import Part

KEY = "bG9jYWwta2V5+/8="
PLAIN = {"LockDuration": "PT30S", "MaxDeliveryCount": 3}
UNIQUE = {"RequiresDuplicateDetection": True, "DuplicateDetectionHistoryTimeWindow": "PT1M"}
# One for each client: a receiver that has waited in vain still takes the next message.
AIO_QUEUES = {"plain-aio": PLAIN, "unique-aio": UNIQUE}
SYNC_QUEUES = {
    "plain-sync": PLAIN,
    "unique-sync": UNIQUE,
    "unread": {},
    "brief": {"LockDuration": "PT2S", "MaxDeliveryCount": 2},
    "forgetful": {
        "RequiresDuplicateDetection": True,
        "DuplicateDetectionHistoryTimeWindow": "PT0.5S",
    },
    "mortal": {"DefaultMessageTimeToLive": "PT1.5S", "DeadLetteringOnMessageExpiration": True},
}


class Broker(Part):
    """Keeps its port, so that it can be killed and restarted."""

    def __init__(self, folder: Path, *, key: str | None = KEY) -> None:
        config = folder / "queues.json"
        queues = SYNC_QUEUES | AIO_QUEUES
        listed = [{"Name": name, "Properties": each} for name, each in queues.items()]
        config.write_text(json.dumps({"UserConfig": {"Namespaces": [{"Queues": listed}]}}))
        self.port = free_port()
        super().__init__(
            "local.service_bus",
            *("--config", str(config), "--db", str(folder / "bus.db"), "--port", str(self.port)),
            *(("--key", f"RootManageSharedAccessKey={key}") if key else ()),
            log=folder / "bus.log",
        )

    def address(self, key: str = KEY) -> str:
        return connection_string(self.port, key)
