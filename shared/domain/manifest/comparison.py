"""The manifest's comparison of a new deployment with the one that serves, before any traffic."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.comparison.paths import path_problem
from shared.domain.manifest.section import Section

_Percent = Annotated[float, Field(gt=0, le=100)]


def _path(pattern: str) -> str:
    if (problem := path_problem(pattern)) is not None:
        raise ValueError(problem)
    return pattern


_Path = Annotated[str, Field(max_length=400), AfterValidator(_path)]


class ComparisonSection(Section):
    """Two gates before a new deployment gets traffic: it is compared with the one that serves.

    They are off unless set here, demanded by the operator, or the one that serves is of another
    kind of package.
    """

    contract: bool | None = None
    """Whether inputs, names and types of outputs, streams and the status of errors must be as \
before."""
    parity: bool | None = None
    """Whether the samples must be answered as before."""
    samples: str | None = None
    """JSONL file of the package with the requests for `parity`: a request's body in each line, or \
what Azure ML's data collector wrote. The samples of the smoke test by default. Only in \
deploy.yaml."""
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 0
    """Largest difference of two numbers, as a part of the larger one: 0.01 allows one per cent."""
    similar_percent: _Percent = 100
    """Least share of the words of two texts that both have in the same order; 100 demands equal \
texts."""
    ignore: Annotated[list[_Path], Field(max_length=100)] = Field(default_factory=list)
    """Paths of values that are not compared: `$.answer.id`, `$.items[*].score`."""
    equal_percent: _Percent = 100
    """Least share of the samples whose answers must be equal."""
