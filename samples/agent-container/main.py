"""Serve the workflow as a hosted agent does, and at the path and with the inputs of the flow."""

from azure.ai.agentserver.invocations import InvocationAgentServerHost
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workflow import new_workflow

DEFAULT = "How many words are in this question?"


async def run(request: Request) -> Response:
    """Answer as the flow does: a question that is not there has the flow's default."""
    try:
        given = await request.json()
        question = given.get("question", DEFAULT)
    except (ValueError, AttributeError):
        return JSONResponse({"error": "send a JSON object"}, 400)
    if not isinstance(question, str):
        return JSONResponse({"error": "'question' must be text"}, 400)
    result = await new_workflow().run(question)
    return JSONResponse(result.get_outputs()[-1])


# Callers of the flow ask /score, and Azure passes their path on as it is.
app = InvocationAgentServerHost(routes=[Route("/score", run, methods=["POST"])])
app.invoke_handler(run)

if __name__ == "__main__":
    app.run()
