"""The Azure Functions: each decodes its input, makes one call, and encodes the answer."""
