"""A small stand-in for OpenAI and Azure OpenAI, so that llm nodes answer locally.

Serves chat/completions (streamed too), completions and embeddings, under `/v1/...`,
`/openai/v1/...` and `/openai/deployments/{deployment}/...`. If tools or functions are offered, it
calls one, and answers in words after the result. Unknown arguments are refused.
"""

from local.serving.openai.app import KEY, openai_app

__all__ = ["KEY", "openai_app"]
