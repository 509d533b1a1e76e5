"""What a team writes with azure-ai-ml alone: endpoint, deployment, traffic. No code of ours.

python deploy.py ENDPOINT FLOW_FOLDER SUBSCRIPTION RESOURCE_GROUP WORKSPACE
"""

import sys

from azure.ai.ml import MLClient
from azure.ai.ml.entities import (
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
)
from azure.identity import ManagedIdentityCredential

ROUTES = {
    "liveness_route": {"path": "/health", "port": 8080},
    "readiness_route": {"path": "/health", "port": 8080},
    "scoring_route": {"path": "/score", "port": 8080},
}

name, flow, *workspace = sys.argv[1:]
ml = MLClient(ManagedIdentityCredential(), *workspace, show_progress=False)

endpoint = ManagedOnlineEndpoint(name=name, auth_mode="key")
ml.online_endpoints.begin_create_or_update(endpoint).result()

deployment = ManagedOnlineDeployment(
    name="blue",
    endpoint_name=name,
    model=Model(name=name, version="1", path=flow),
    environment=Environment(
        name=name,
        version="1",
        image="mcr.microsoft.com/azureml/promptflow/promptflow-runtime:20240619.v2",
        inference_config=ROUTES,
    ),
    environment_variables={"PROMPTFLOW_RUN_MODE": "serving"},
    instance_type="Standard_DS3_v2",
    instance_count=1,
)
ml.online_deployments.begin_create_or_update(deployment).result()

endpoint.traffic = {"blue": 100}
ml.online_endpoints.begin_create_or_update(endpoint).result()
print(ml.online_endpoints.get(name).traffic)
