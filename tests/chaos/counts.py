"""What was played, in figures."""

from dataclasses import dataclass


@dataclass
class Counts:
    """What one sequence, or many, had."""

    sequences: int = 0
    requests: int = 0
    deliveries: int = 0
    lost_events: int = 0
    late_messages: int = 0
    approvals: int = 0
    rejections: int = 0
    retries: int = 0
    activities: int = 0
    interleaved: int = 0
    kills: int = 0
    losses: int = 0
    faults: int = 0
    decisions: int = 0
    violations: int = 0

    def add(self, other: "Counts") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
