"""The deployments beside a package's files: of our manifest, and az ml's."""

from shared.domain.parsing.document import Document, Path
from shared.package.kinds.package import Package


def deployments(package: Package) -> tuple[tuple[Document, Path], ...]:
    """Return each with its place in its document, ours first."""
    parts = package.beside.parts
    ours = ((parts["deploy"], ("deployment",)),) if "deploy" in parts else ()
    az_ml = ((parts["deployment"], ()),) if "deployment" in parts else ()
    return (*ours, *az_ml)
