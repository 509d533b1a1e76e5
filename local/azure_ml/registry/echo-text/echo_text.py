"""Stands in for a model of a registry: it answers each text with itself."""

from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class EchoText(PythonModel):  # type: ignore[misc]
    """Answers what it is asked."""

    def predict(self, model_input):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
        """Answer a list of texts, or those of a request's input_string."""
        texts = model_input["input_string"] if isinstance(model_input, dict) else model_input
        return [{"output": str(text)} for text in texts]


set_model(EchoText())
