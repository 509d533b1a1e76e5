from promptflow.core import tool


@tool
def match(answer: str, expected: str) -> bool:
    return answer.strip().casefold() == expected.strip().casefold()
