"""Environment variables that an error names."""

import re

from shared.domain.diagnosis.row import Signal

VARIABLE = r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b"
_LINE = re.compile(
    r"[^\n]*(?:environment variable|KeyError|not set|must be|is required"
    r"|\b(?:set|setting|missing|define|provide|specify|supply|configure|export)\b)[^\n]*",
    re.IGNORECASE,
)
# Variables that the platform sets itself.
_OURS = re.compile(r"PROMPTFLOW_\w+|AZUREML_\w+|PF_\w+|LD_LIBRARY_PATH")


def name_variables(signal: Signal) -> str:
    """Name the variables in the message, or else in the log's end."""
    for text in (signal.message, signal.log[-3000:]):
        found = [name for line in _LINE.findall(text) for name in re.findall(VARIABLE, line)]
        names = [name for name in dict.fromkeys(found) if not _OURS.fullmatch(name)]
        if names:
            return f"The error names {', '.join(names[:6])}"
    return ""
