from promptflow.core import tool


@tool
def fetch(question: str) -> str
    return question
