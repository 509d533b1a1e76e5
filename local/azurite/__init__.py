"""Azurite, Microsoft's storage emulator, for the blobs and queues of the local cloud."""
