from typing import TypedDict

from promptflow.tracing import trace


class Estimate(TypedDict):
    words: int
    seconds: int
    answer: str


class ReadingTime:
    def __init__(self, words_per_minute: int = 200) -> None:
        self.words_per_minute = words_per_minute

    @trace
    def __call__(self, text: str) -> Estimate:
        """How long an unhurried reader takes."""
        words = len(text.split())
        seconds = round(words * 60 / self.words_per_minute)
        return {
            "words": words,
            "seconds": seconds,
            "answer": f"{words} words take {seconds} seconds to read.",
        }
