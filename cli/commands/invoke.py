"""`sluice invoke ENDPOINT JSON`: ask an endpoint, with its own key or a token."""

import sys

from cli.arm import Azure
from cli.errors import DONE, FAILED
from cli.inputs import unknown_inputs
from cli.target import Target


def invoke(endpoint: str, question: bytes, target: Target) -> int:
    """Print the endpoint's answer; an error and a warning are printed to standard error."""
    azure = Azure(target)
    scoring = azure.find_scoring(endpoint)
    for warning in unknown_inputs(question, azure.read_inputs(scoring)):
        print(f"sluice: {warning}", file=sys.stderr)
    answer = azure.score(scoring, question)
    if answer.ok:
        print(answer.text.rstrip("\n"))
        return DONE
    print(f"{endpoint} answers {answer.status_code}: {answer.text}", file=sys.stderr)
    return FAILED
