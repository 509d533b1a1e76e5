"""Failures of a call to the scoring URI. Codes: the troubleshooting page, 'HTTP status codes'."""

from shared.domain.diagnosis.row import ARTICLE, GRANTS, NOT_READY, STATUS_CODES, Row, Signal

_SLOW_PAGE = f"{ARTICLE}#model-response-taking-too-long"

ROWS = (
    Row(
        "Unable to fetch deployment schema",
        Signal("SmokeTest", "Unable to fetch deployment schema", status=424),
        "The deployment does not return its schema",
        "First look whether the endpoint's identity has the roles it needs. Else the flow ran in "
        "an old runtime and was deployed with it: name a newer image in flow.dag.yaml, or none, "
        "and drop the flow again",
        signs=("unable to fetch deployment schema",),
        page=f"{ARTICLE}#unable-to-fetch-deployment-schema",
    ),
    Row(
        "The model's response takes too long",
        Signal("SmokeTest", "the endpoint answered 408: upstream request timeout", status=408),
        "The response took longer than the endpoint's request timeout",
        "Look for what is slow: a model that is not strong enough for the prompt, a query of an "
        "index that is not optimised, or many steps in the flow. Or give it more time: "
        "deployment.request_settings.request_timeout_ms, up to 300000",
        statuses=(408, 504),
        page=_SLOW_PAGE,
    ),
    Row(
        "The model does not answer the flow in time",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: APITimeoutError: Request timed out.",
            "",
            "",
            424,
        ),
        "Something that the flow calls did not answer it in time",
        "Look for what is slow: the model, a query of an index, a step of the flow; the log below "
        "names the node",
        statuses=(424,),
        signs=(r"APITimeoutError|request timed out|read timed out|timeout.*exceed",),
        page=_SLOW_PAGE,
    ),
    Row(
        "The model takes no more calls",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: OpenAI API hits RateLimitError: Error code: 429 - "
            "Requests have exceeded the call rate limit of your current OpenAI pricing tier.",
            status=424,
        ),
        "The model that the flow calls refuses more calls: its rate or quota is used up",
        "Wait, or give the model's deployment more tokens per minute",
        statuses=(424,),
        signs=(r"RateLimitError|call rate limit|insufficient_quota",),
        page="https://learn.microsoft.com/azure/ai-services/openai/quotas-limits",
    ),
    Row(
        "The model's key is refused",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: OpenAI API hits AuthenticationError: Error code: 401 - "
            "Access denied due to invalid subscription key or wrong API endpoint.",
            status=424,
        ),
        "A connection's key does not open its target",
        "Correct the key, or the address, of the connection in the workspace",
        statuses=(424,),
        signs=(r"AuthenticationError|invalid (subscription|api) key|incorrect api key",),
    ),
    Row(
        "The model's deployment is not there",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: OpenAI API hits NotFoundError: Error code: 404 - "
            "DeploymentNotFound: The API deployment for this resource does not exist.",
            status=424,
        ),
        "The connection's target has no model deployment of the name in the flow",
        "Correct deployment_name in the flow, or override it in deploy.yaml: flow.connections",
        statuses=(424,),
        signs=(r"DeploymentNotFound|API deployment for this resource does not exist",),
    ),
    Row(
        "An address is baked in",
        Signal(
            "SmokeTest",
            "the endpoint answered 424: APIConnectionError: Connection error.",
            "Traceback (most recent call last):\nhttpx.ConnectError: Name or service not known",
            status=424,
        ),
        "The flow calls an address that the container cannot reach",
        "Look for an address in the flow or in a connection that is valid only on another machine "
        "or network (localhost, a private endpoint): take it from a connection or environment "
        "variable, and set that in deploy.yaml",
        statuses=(424,),
        signs=(
            (
                r"APIConnectionError|ConnectError|connection (error|refused)"
                r"|name or service not known|failed to resolve|max retries exceeded"
            ),
        ),
        page="https://github.com/microsoft/promptflow/issues/2516",
    ),
    Row(
        "The engine does not stream an async generator",
        Signal(
            "SmokeTest",
            "the stream: the endpoint answered 424, the flow itself 400 model_error: Flask engine "
            "does not support async generator output, please switch to use FastAPI engine.",
            status=424,
        ),
        "The flow's answer is an async generator, which the runtime's flask engine does not stream",
        "Set PROMPTFLOW_SERVING_ENGINE: fastapi under deployment.environment_variables in "
        "deploy.yaml, or write a generator without async",
        statuses=(424,),
        signs=(r"does not support async generator output",),
        page="https://microsoft.github.io/promptflow/how-to-guides/chat-with-a-flow/index.html",
    ),
    Row(
        "The flow was killed during a call",
        Signal(
            "SmokeTest",
            "sample 1: the endpoint answered 424, the flow itself 502 model_unreachable: "
            "The model's container closed the connection without an answer.",
            "[pfserving-app][INFO] - Start monitoring new request",
            status=424,
        ),
        "The process that serves the flow ended during the call without an error of its own: most "
        "likely the machine has too little memory",
        "Choose a larger size (deployment.instance_type) or fewer workers (PROMPTFLOW_WORKER_NUM); "
        "else look for what ends the process in the flow's code or in a library",
        statuses=(424, 502),
        said=(r"the flow itself 502|endpoint answered 502",),
        logged=(r"(?s:\A(?!.*Traceback \(most recent call last\)).*\S)",),
        page=NOT_READY,
    ),
    Row(
        "The flow does not stream",
        Signal(
            "SmokeTest",
            "the stream: the endpoint answered 424, the flow itself 406: Media type "
            "text/event-stream in Accept header is not acceptable. Supported media type(s) - "
            "application/json",
            status=424,
        ),
        "The flow's answer cannot come as a stream",
        "Let the output come from an llm node or a tool that yields, with nothing after it; or "
        "remove smoke_test.stream from deploy.yaml",
        said=(r"accept header is not acceptable|the flow itself 406|the stream: the answer is",),
        page="https://microsoft.github.io/promptflow/how-to-guides/chat-with-a-flow/index.html",
    ),
    Row(
        "An input is missing",
        Signal(
            "SmokeTest",
            "the endpoint answered 424, the flow itself 400: Required input(s) ['question'] are "
            "missing in request data",
            status=424,
        ),
        "The sample does not have the inputs that the flow needs",
        "Set them under smoke_test.input in deploy.yaml",
        statuses=(424,),
        signs=(r"required input|input.*missing in request|InputNotFound|InputTypeError",),
    ),
    Row(
        "424: the flow failed",
        Signal(
            "SmokeTest",
            "the endpoint answered 424, the flow itself 500: Execution failure in 'fetch': "
            "(ValueError) bad",
            status=424,
        ),
        "The new deployment did not answer the sample as expected: the flow itself failed",
        "Read the answer and the log below; correct the flow, or the sample in deploy.yaml's "
        "smoke_test, and drop it again",
        statuses=(424,),
        page=STATUS_CODES,
    ),
    Row(
        "401: the key or token is refused",
        Signal("SmokeTest", "the endpoint answered 401", status=401),
        "The endpoint does not take Sluice's key or token",
        "Look whether somebody has just renewed the endpoint's keys, and redeploy. In mode "
        "aad_token the caller needs onlineEndpoints/score/action: 'AzureML Data Scientist' on the "
        "workspace has it",
        statuses=(401,),
        page=STATUS_CODES,
    ),
    Row(
        "403: the caller may not score",
        Signal("SmokeTest", "the endpoint answered 403", status=403),
        "Sluice's identity may not call this endpoint, or not from where it runs",
        "Give it a role with onlineEndpoints/score/action ('AzureML Data Scientist') on the "
        "workspace; where the endpoint's public network access is off, let Sluice reach the "
        "workspace's private endpoint",
        statuses=(403,),
        page=STATUS_CODES,
    ),
    Row(
        "404: no deployment answers",
        Signal("SmokeTest", "the endpoint answered 404", status=404),
        "The endpoint has no such deployment, or none with traffic",
        "Redeploy; where it stays, look at the endpoint's traffic in studio: somebody else may "
        "change it",
        statuses=(404,),
        page=STATUS_CODES,
    ),
    Row(
        "429: too many requests",
        Signal("SmokeTest", "the endpoint answered 429", status=429),
        "More requests are pending than the deployment takes at once",
        "Raise deployment.request_settings.max_concurrent_requests_per_instance (workers x "
        "threads of the runtime) or instance_count; redeploy when there is less traffic",
        statuses=(429,),
        page=STATUS_CODES,
    ),
    Row(
        "5xx: the endpoint's front failed",
        Signal("SmokeTest", "the endpoint answered 503", status=503),
        "The endpoint itself fails, not the flow",
        "Redeploy; if it stays, open a support request with the message below",
        statuses=(500, 502, 503),
        page=STATUS_CODES,
    ),
    Row(
        "Another answer than expected",
        Signal("SmokeTest", "sample 1: the answer does not contain 'Paris': London", status=200),
        "The new deployment did not answer the sample as expected",
        "Compare the answer with the expectation below; correct the flow, or smoke_test in "
        "deploy.yaml, and drop it again",
        code="SmokeTest",
        page=GRANTS.partition("#")[0],
    ),
)
