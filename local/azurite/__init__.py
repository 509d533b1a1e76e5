"""Azurite, Microsoft's storage emulator: the blobs and queues of the local cloud."""
