"""A queue's settings with durations in milliseconds."""

from dataclasses import dataclass
from typing import Self

from local.service_bus.clock import milliseconds
from local.service_bus.config import QueueProperties


@dataclass(frozen=True, slots=True)
class Rules:
    lock: int
    max_deliveries: int | None = None
    time_to_live: int | None = None
    dead_letters_expired: bool = False
    # 0: duplicates are not detected.
    duplicate_window: int = 0

    @classmethod
    def of(cls, properties: QueueProperties) -> Self:
        ttl = properties.default_message_time_to_live
        window = milliseconds(properties.duplicate_detection_history_time_window)
        return cls(
            lock=milliseconds(properties.lock_duration),
            max_deliveries=properties.max_delivery_count,
            time_to_live=milliseconds(ttl) if ttl else None,
            dead_letters_expired=properties.dead_lettering_on_message_expiration,
            duplicate_window=window if properties.requires_duplicate_detection else 0,
        )
