"""Read a package as a registered model: a deployment that names one, and no code."""

from shared.domain.kinds.registered_model.reading import names_model, read_model
from shared.domain.parsing.document import Document, Path
from shared.package.kinds.deployments import deployments
from shared.package.kinds.package import Package, Read


def recognise(package: Package) -> bool:
    """Return whether a deployment names a registered model, and no code."""
    return _named(package) is not None


def read(package: Package) -> Read:
    """Read the deployment; files of the package are not used."""
    named = _named(package)
    return read_model(*named) if named is not None else (None, ())


def _named(package: Package) -> tuple[Document, Path] | None:
    return next((it for it in deployments(package) if names_model(*it)), None)
