"""The files of a flow that can be deployed."""

GOOD = """\
inputs:
  name: {type: string, default: you}
outputs:
  answer: {type: string, reference: "${greet.output}"}
nodes:
- name: greet
  type: python
  source: {type: code, path: greet.py}
  inputs: {name: "${inputs.name}"}
"""
TOOL = "from promptflow.core import tool\n\n@tool\ndef greet(name: str) -> str:\n    return name\n"
