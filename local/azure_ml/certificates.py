"""The local CA, and the certificate of Azure's hosts."""

import ssl
from pathlib import Path

import trustme

from local import cloud

HOSTS = (
    "management.azure.com",
    f"{cloud.REGION}.api.azureml.ms",
    "*.blob.core.windows.net",
    f"*.{cloud.REGION}.inference.ml.azure.com",
)


class Certificates:
    """A CA, created once in a folder and reused, so that clients can keep trusting it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.bundle = folder / "ca.pem"
        self._key = folder / "ca.key"
        self._ca = self._load() if self._key.exists() and self.bundle.exists() else self._create()

    def server_context(self) -> ssl.SSLContext:
        """Return the TLS context of a server for those hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*HOSTS).configure_cert(context)
        return context

    def _create(self) -> trustme.CA:
        made = trustme.CA(organization_name="Sluice local cloud")
        made.private_key_pem.write_to_path(str(self._key))
        self._key.chmod(0o600)
        made.cert_pem.write_to_path(str(self.bundle))
        return made

    def _load(self) -> trustme.CA:
        return trustme.CA.from_pem(self.bundle.read_bytes(), self._key.read_bytes())
