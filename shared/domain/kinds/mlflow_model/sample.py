"""A sample request from a model's input example, as Azure's script takes it.

MLflow writes two examples: `serving_input_example.json` has a request of its own server
(`dataframe_split`, `inputs`), `input_example.json` the value alone. Azure's script takes neither,
but `input_data`.
"""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.kinds.mlflow_model.model import INPUT, PARAMS

_SPLIT, _RECORDS = "dataframe_split", "dataframe_records"
_VALUES = ("inputs", "instances")


def sample_of(text: str) -> dict[str, Any] | None:
    """Return the body of a request from the text of an input example, or None."""
    try:
        example = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    if isinstance(example, list):
        return {INPUT: example} if example else None
    if not isinstance(example, Mapping):
        return None
    found = _input(example)
    if found is None:
        return None
    params = example.get(PARAMS)
    return {INPUT: found, PARAMS: params} if isinstance(params, Mapping) else {INPUT: found}


def _input(example: Mapping[str, Any]) -> Any:
    if (records := example.get(_RECORDS)) is not None:
        return _from_records(records)
    split = example.get(_SPLIT, example)
    if isinstance(split, Mapping) and isinstance(split.get("data"), list):
        return _split(split)
    return next((example[it] for it in _VALUES if example.get(it)), None)


def _split(frame: Mapping[str, Any]) -> Any:
    """With the index that Azure's script needs; a frame without column names is a list."""
    data, columns = frame["data"], frame.get("columns")
    if columns is None:
        return data
    index = frame.get("index")
    return {"columns": columns, "index": index or list(range(len(data))), "data": data}


def _from_records(records: Any) -> Any:
    rows = [it for it in records if isinstance(it, Mapping)] if isinstance(records, list) else []
    if not rows:
        return None
    columns = list(rows[0])
    return _split({"columns": columns, "data": [[row.get(it) for it in columns] for row in rows]})


def _refused(constant: str) -> Any:
    raise ValueError(f"JSON has no {constant}")
