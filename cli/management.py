"""Azure Resource Manager, asked as the user who is signed in (`az login`)."""

from collections.abc import Mapping
from typing import Any, Final

import requests

from cli.errors import unreachable
from cli.shapes import Shape, read_shaped
from cli.sign_in import get_token, make_credential
from cli.target import Target

ARM: Final = "https://management.azure.com"
TIMEOUT_SECONDS: Final = 30.0


class Management:
    """Calls as that user. For a local stack: through its proxy, with its CA, as its developer.

    `session` and `credential` also serve calls to what ARM names, such as an endpoint.
    """

    def __init__(self, target: Target) -> None:
        self.session = requests.Session()
        if target.local:
            self.session.trust_env = False
            self.session.proxies = {"https": target["https_proxy"]}
            self.session.verify = target["ca_bundle"]
        self.credential = make_credential(target)

    def call(self, method: str, url: str, query: Mapping[str, str], shape: Shape) -> Any:
        """Return the answer, None for a 404. Raises CommandError."""
        headers = {"Authorization": f"Bearer {get_token(self.credential, ARM)}"}
        try:
            answer = self.session.request(
                method, url, params=query, headers=headers, timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            raise unreachable(f"no answer from {ARM} ({type(error).__name__})") from error
        if answer.status_code == 404:
            return None
        if not answer.ok:
            raise unreachable(f"Azure answers {answer.status_code}: {answer.text[:300]}")
        try:
            return read_shaped(answer.content, shape)
        except ValueError as wrong:
            raise unreachable(f"unexpected answer from {ARM}: {wrong}") from wrong
