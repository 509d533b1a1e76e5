from promptflow.core import tool


@tool
def check(text: str) -> str:
    return text
