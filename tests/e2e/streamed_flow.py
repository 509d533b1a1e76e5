"""A flow that answers word by word."""

STREAMING = """\
from promptflow.core import tool


@tool
def count(question: str):
    yield from question.split()
"""
STREAMED = """\
inputs:
  question: {type: string, default: one two three}
outputs:
  answer: {type: string, reference: "${count.output}"}
nodes:
- name: count
  type: python
  source: {type: code, path: count.py}
  inputs: {question: "${inputs.question}"}
"""
