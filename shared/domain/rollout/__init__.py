"""The gates of a rollout: figures of two deployments, statistical tests, verdicts."""
