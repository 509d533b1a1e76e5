"""az ml's files of our own making, and a flow that they lie beside."""

SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/{}.schema.json\n"
ENDPOINT = SCHEMA.format("managedOnlineEndpoint") + "name: support\nauth_mode: key\n"
DEPLOYMENT = (
    SCHEMA.format("managedOnlineDeployment")
    + "name: blue\nendpoint_name: support\ninstance_type: Standard_DS3_v2\ninstance_count: 2\n"
)
FLOW = "nodes:\n- {name: a, type: prompt, source: {type: code, path: a.jinja2}}\n"


def without_schema(text: str) -> str:
    """Return the text without its schema, so that only its fields identify it."""
    return text.partition("\n")[2]
