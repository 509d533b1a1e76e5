"""Sluice on Azure Functions: registers the blueprints; nothing else."""

import os

import azure.durable_functions as df
import azure.functions as func

from functions.doors import (
    activities,
    api,
    dead_letters,
    decisions,
    deploy,
    doctor,
    documents,
    endpoints,
    intake,
    metrics,
    page,
    preview,
    rollback,
    sweep,
)

# With a sign-in, the app itself refuses who has not signed in (functions/answer.py).
SIGNS_IN = bool(os.environ.get("SIGN_IN_AUDIENCE"))
app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS if SIGNS_IN else func.AuthLevel.FUNCTION)
_PARTS = (
    intake,
    api,
    decisions,
    preview,
    dead_letters,
    endpoints,
    rollback,
    metrics,
    doctor,
    page,
    documents,
    deploy,
    activities,
    sweep,
)
for part in _PARTS:
    app.register_functions(part.blueprint)
