"""Sluice on Azure Functions: registers the blueprints; nothing else."""

import azure.durable_functions as df
import azure.functions as func

from functions import activities, api, dead_letters, deploy, endpoints, intake, metrics, sweep

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
for part in (intake, api, dead_letters, endpoints, metrics, deploy, activities, sweep):
    app.register_functions(part.blueprint)
