"""What runs behind a managed online endpoint: the flow's container, and the front of it."""

from local.serving.echo import EchoServing
from local.serving.flows import FlowServing

__all__ = ["EchoServing", "FlowServing"]
