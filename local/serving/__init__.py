"""What runs behind a managed online endpoint: the flow's container, and the front of it."""
