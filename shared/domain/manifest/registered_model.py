"""The model that a flow is registered as, in az ml's words; only its properties are used."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.domain.manifest.az_ml import TextMap, snake
from shared.domain.manifest.section import Section


class RegisteredModel(Section):
    """The model version that the flow is registered as, in az ml's words.

    The flow is the model and names it, so only `properties` has an effect.
    """

    properties: TextMap | None = None
    """Properties of the model, such as `azureml.promptflow.chat_input`; they override \
those derived from the flow."""
    type: Annotated[Literal["custom_model", "mlflow_model"] | None, BeforeValidator(snake)] = None
    """az ml's kind of model; the package itself tells which."""
    schema_: Annotated[Any, Field(alias="$schema")] = None
    """az ml's schema of the file; not used."""
    name: Any = None
    """Not used: the model is named after the endpoint."""
    version: Any = None
    """Not used: the version is the hash of the flow's content."""
    path: Any = None
    """Not used: the model is the flow beside the file."""
    description: Any = None
    """Not used yet."""
    tags: Any = None
    """Not used yet."""
    stage: Any = None
    """Not used yet."""
    flavors: Any = None
    """Not used yet."""
    datastore: Any = None
    """Not used yet."""
    system_metadata: Any = None
    """Not used yet."""
    default_deployment_template: Any = None
    """Not used yet."""
    allowed_deployment_templates: Any = None
    """Not used yet."""
    id: Any = None
    """Not used: Azure sets this."""
    utc_time_created: Any = None
    """Not used: Azure sets this."""
    creation_context: Any = None
    """Not used: Azure sets this."""
    job_name: Any = None
    """Not used: Azure sets this."""
    latest_version: Any = None
    """Not used: Azure sets this."""
    intellectual_property: Any = None
    """Not used: Azure sets this."""
