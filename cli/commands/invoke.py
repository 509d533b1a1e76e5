"""`sluice invoke ENDPOINT JSON`: ask an endpoint, with its own key."""

import sys

from cli.arm import Azure
from cli.errors import DONE, FAILED
from cli.target import Target


def invoke(endpoint: str, question: bytes, target: Target) -> int:
    """Print the endpoint's answer; an error is printed to standard error."""
    azure = Azure(target)
    uri, key = azure.find_scoring(endpoint)
    answer = azure.score(uri, key, question)
    if answer.ok:
        print(answer.text.rstrip("\n"))
        return DONE
    print(f"{endpoint} answers {answer.status_code}: {answer.text}", file=sys.stderr)
    return FAILED
