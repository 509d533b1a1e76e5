"""The nodes of samples/hello as executors of an Agent Framework workflow; no model is needed."""

from typing import Any

from agent_framework import Workflow, WorkflowBuilder, WorkflowContext, executor
from slugify import slugify


@executor(id="count")
async def count(question: str, context: WorkflowContext[dict[str, Any]]) -> None:
    """Words, letters, the longest word, and a name that fits into a URL."""
    words = [word.strip(".,;:!?\"'()") for word in question.split()]
    counted = {
        "words": len(words),
        "letters": sum(letter.isalpha() for letter in question),
        "longest": max(words, key=len, default=""),
        "slug": slugify(question, max_length=40, word_boundary=True),
    }
    await context.send_message(counted)


@executor(id="answer")
async def answer(
    counted: dict[str, Any], context: WorkflowContext[None, dict[str, Any]]
) -> None:
    """The outputs of the flow, under its names."""
    text = (
        f"Your question '{counted['slug']}' has {counted['words']} words and "
        f"{counted['letters']} letters; the longest word is '{counted['longest']}'."
    )
    await context.yield_output({"answer": text, "words": counted["words"]})


def new_workflow() -> Workflow:
    """A workflow for one request: one that runs refuses to run a second time beside it."""
    builder = WorkflowBuilder(start_executor=count, output_from=[answer])
    return builder.add_edge(count, answer).build()
