from promptflow.core import tool


@tool
def answer(counted: dict) -> str:
    return (
        f"Your question '{counted['slug']}' has {counted['words']} words and "
        f"{counted['letters']} letters; the longest word is '{counted['longest']}'."
    )
