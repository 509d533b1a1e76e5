"""Check the conda file of an MLflow model, from which Azure builds its image."""

from collections.abc import Iterator
from datetime import date

from shared.domain.errors import Finding
from shared.domain.kinds.conda import SERVERS, conda_findings, package_names
from shared.domain.parsing.document import Document

MONITORING = "azureml-ai-monitoring"


def package_findings(document: Document, today: date) -> Iterator[Finding]:
    """Find packages that Azure's script for MLflow models imports, and the model lacks.

    Sources: Azure/azureml-examples#4008, #3904, #3923, #4031 for azureml-ai-monitoring. The server
    is added by Azure ("adds any packages that are required to run the inferencing server", Learn,
    Guidelines for deploying MLflow models), in a version of Azure's choice: #4009.
    """
    yield from conda_findings(document, today)
    names = package_names(document)
    at = ("dependencies",)
    if MONITORING not in names:
        cause = (
            f"{MONITORING} is not listed: Azure's script for MLflow models imports it since "
            "2026-05-19, and the container would end in 502"
        )
        remedy = f"Add {MONITORING} to the pip part; extra_pip_requirements of save_model does"
        yield document.finding(at, cause, remedy)
    if SERVERS.isdisjoint(names):
        cause = (
            "azureml-inference-server-http is not listed: Azure adds a version of its choice, "
            "which may not fit this Python"
        )
        remedy = "Add it to the pip part with the version that you have tried"
        yield document.finding(at, cause, remedy, "warning")
