"""Secrets in texts that others wrote: masked where such a text comes in, and nowhere else. Pure.

Azure's errors quote signed URLs, containers log tokens and keys, flows answer with what they were
given. `AzureFailure` and `Signal` mask what they are made with, so that neither ledger, log, result
nor webhook ever hold it.
"""

import re

MASK = "***"
# Characters of a text's end that are kept: a runtime may log megabytes.
MOST = 200_000

_NAMES = (
    r"account_?key|shared_?access_?key|shared_?access_?signature|access_?token|refresh_?token"
    r"|id_?token|client_?secret|password|passwd|pwd|api[_-]?key|(?:ocp-apim-)?subscription-key"
    r"|x-functions-key|primary_?key|secondary_?key|x-ms-signature"
)
_NOTHING = r"(?!(?:none|null|true|false|missing|invalid|your)\b)"
_VALUE = r"[\w+/.~%-]"
# Also inside JSON inside a text, where a new line is `\n` and a quote `\"`.
_START = r"(?:\b|(?<=\\[nrt])|(?<=%3f|%26))"
_QUOTE = r"\\{0,3}[\"']"
_PATTERNS = (
    # What signs a URL: `sig` of a SAS; `c, s, h` of a status URL; a function's `code`.
    (rf"{_START}(sig)(=|%3d)[^&\s\"'\\<>*]+", rf"\1\2{MASK}"),
    (rf"([?&](?:[csh]|code)=){_VALUE}{{12,}}+", rf"\1{MASK}"),
    (rf"{_START}(Bearer\s+)[\w.~+/-]{{8,}}+=*", rf"\1{MASK}"),
    (rf"{_START}eyJ[\w-]{{8,}}+\.[\w-]{{8,}}+(?:\.[\w-]*+)?", MASK),
    # A name and its value: `AccountKey=…`, `api-key: …`, `"password": "…"`. Code is left alone.
    (
        rf"{_START}({_NAMES})((?:{_QUOTE})?\s{{0,3}}[=:]\s{{0,3}}{_QUOTE})(?!{_QUOTE})[^\"'\\\n]+",
        rf"\1\2{MASK}",
    ),
    (
        rf"{_START}({_NAMES})(\s{{0,3}}=\s{{0,3}}){_NOTHING}{_VALUE}{{3,}}+=*(?![\[(\w])",
        rf"\1\2{MASK}",
    ),
    (
        rf"{_START}({_NAMES})(:\s{{0,3}}){_NOTHING}{_VALUE}{{12,}}+=*(?![\[(\w])",
        rf"\1\2{MASK}",
    ),
    (r"(\w://)[^\s/:@\"']*:[^\s/@\"']+@", rf"\1{MASK}@"),
    (r"(\w://)[\w~%-]{16,}+@", rf"\1{MASK}@"),
    # Keys that are known by how they look: OpenAI's, GitHub's, an account's of storage.
    (rf"{_START}(?:sk|ghp|gho|ghs|github_pat)[-_][\w-]{{16,}}+", MASK),
    (r"(?<![\w+/])[A-Za-z0-9+/]{86}==", MASK),
    (r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]*", rf"\1{MASK}"),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), by) for pattern, by in _PATTERNS)


def masked(text: str) -> str:
    """The text's end, at most `MOST` characters of it, with what looks like a secret masked."""
    if len(text) > MOST:
        _, _, text = text[-MOST:].partition("\n")
    for pattern, by in _COMPILED:
        text = pattern.sub(by, text)
    return text
