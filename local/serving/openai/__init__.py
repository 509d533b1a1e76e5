"""A small stand-in for OpenAI and Azure OpenAI, so that llm nodes answer on one machine.

Serves chat/completions (streamed too), completions and embeddings, under `/v1/...`,
`/openai/v1/...` and `/openai/deployments/{deployment}/...`. Where tools or functions are offered it
calls one, and answers in words once that has answered. What it does not know it refuses.
"""

from local.serving.openai.app import KEY, openai_app

__all__ = ["KEY", "openai_app"]
