from promptflow.core import tool
from slugify import slugify


@tool
def count(question: str) -> dict:
    """Words, letters, the longest word, and a name that fits into a URL."""
    words = [word.strip(".,;:!?\"'()") for word in question.split()]
    return {
        "words": len(words),
        "letters": sum(letter.isalpha() for letter in question),
        "longest": max(words, key=len, default=""),
        "slug": slugify(question, max_length=40, word_boundary=True),
    }
