"""Secrets in texts that others wrote: masked where such a text comes in, and nowhere else. Pure.

Azure's errors quote signed URLs, containers log tokens and keys, flows answer with what they were
given. `AzureFailure` and `Signal` mask what they are made with, so that neither ledger, log, result
nor webhook ever hold it.
"""

import re

MASK = "***"
# Characters of a text's end that are kept: a runtime may log megabytes.
MOST = 200_000

# Names that stand for secrets alone, whatever stands before them: `DB_PASSWORD`, `PGPASSWORD`.
_SECRET_NAMES = (
    r"(?:shared[_-]?access|secret[_-]?access|access|account|storage|subscription|private|secret"
    r"|primary|secondary|master|admin|functions?|api)[_-]?key"
    r"|shared_?access_?signature|x-(?:ms|amz)-signature"
    r"|(?:access|refresh|auth|bearer|security|session)[_-]?token"
    r"|client[_-]?secret|password|passwd|passphrase"
)
# Names that are words as well: their values are masked where these look like keys.
_WORDS = r"key|token|secret|pass"
_NUMBER = r"(?:_?\d)?"
_NOTHING = r"(?!(?:none|null|true|false|missing|invalid|your)\b)"
_VALUE = r"[\w+/.~%-]"
_ANY = r"[^\s\"'\\&;,<>()\[\]{}]"
_DIGIT = rf"(?={_VALUE}{{0,99}}?\d)"
_KEY = rf"(?={_VALUE}{{0,99}}?[a-z0-9+]{{16}}){_DIGIT}{_VALUE}{{16,}}+=*"
# Also inside JSON inside a text, where a new line is `\n` and a quote `\"`.
_START = r"(?:\b|(?<=_)|(?<=\\[nrt])|(?<=%3f|%26))"
_WORD = rf"(?:{_START}|(?-i:(?<=[a-z])(?=[A-Z])))(?:{_WORDS}){_NUMBER}"
_NAMED = rf"(?:{_SECRET_NAMES}|{_START}(?:pwd|id[_-]?token))"
_QUOTE = r"\\{0,3}[\"']"
_IS = rf"(?:{_QUOTE})?\s{{0,3}}[=:]\s{{0,3}}"
_PROSE = r"(?!(?:is|was|must|should|has|may|cannot|and|with|option|argument|flag|not|requires?)\b)"
_PATTERNS = (
    # What signs a URL: `sig` of a SAS; `c, s, h` of a status URL; a function's `code`.
    (rf"{_START}(sig)(=|%3d)[^&\s\"'\\<>*]+", rf"\1\2{MASK}"),
    (rf"([?&](?:[csh]|code)=){_VALUE}{{12,}}+", rf"\1{MASK}"),
    # What a request signs in with.
    (rf"{_START}(Bearer\s+)[\w.~+/-]{{8,}}+=*", rf"\1{MASK}"),
    (
        (
            rf"(authorization{_IS}(?:{_QUOTE})?(?:basic|digest|token|apikey|key|sharedkey(?:lite)?)\s+)"
            rf"[^\s\"'\\]{{6,}}+"
        ),
        rf"\1{MASK}",
    ),
    (rf"{_START}eyJ[\w-]{{8,}}+\.[\w-]{{8,}}+(?:\.[\w-]*+)?", MASK),
    # A name and its value: `AccountKey=…`, `api-key: …`, `"password": "…"`. Code is left alone.
    (
        (
            rf"({_NAMED}{_NUMBER})(?:({_IS}{_QUOTE})(?!{_QUOTE})[^\"'\\\n]+"
            rf"|(\s{{0,3}}(?:=|%3d)\s{{0,3}}){_NOTHING}{_ANY}{{3,}}+(?![\[(])"
            rf"|(:\s{{0,3}})(?:{_NOTHING}{_VALUE}{{12,}}+=*(?![\[(\w])|{_DIGIT}{_ANY}{{6,}}+(?![\[(])))"
        ),
        rf"\1\2\3\4{MASK}",
    ),
    (rf"({_START}secret{_NUMBER}\s?=\s?){_NOTHING}{_ANY}{{3,}}+(?![\[(])", rf"\1{MASK}"),
    (rf"({_WORD}{_IS}(?:{_QUOTE})?){_KEY}(?![\[(])", rf"\1{MASK}"),
    (rf"((?<=[a-z0-9][_-])(?:{_WORDS}){_NUMBER}=){_DIGIT}{_VALUE}{{8,}}+=*(?![\[(])", rf"\1{MASK}"),
    (
        (
            rf"(--(?:[a-z]{{1,20}}-){{0,3}}(?:{_NAMED}|{_WORDS})\s{{1,3}}(?:{_QUOTE})?)"
            rf"(?!-){_PROSE}{_ANY}{{3,}}+"
        ),
        rf"\1{MASK}",
    ),
    (r"(\w://)[^\s/:@\"']*:[^\s/@\"']+@", rf"\1{MASK}@"),
    (r"(\w://)[\w~%-]{16,}+@", rf"\1{MASK}@"),
    # Keys that are known by how they look: of OpenAI, Git's hosts, Hugging Face, Google, AWS,
    # Slack, npm, PyPI, Databricks, and an account of storage.
    (
        (
            rf"{_START}(?:(?:sk|gh[opsur]|github_pat|glpat|xox[abeprs])[-_][\w-]{{16,}}+"
            r"|hf_[a-z0-9]{20,}+|npm_[a-z0-9]{30,}+|AIza[\w-]{30,}+|(?:AKIA|ASIA)[A-Z0-9]{16}\b"
            r"|pypi-[\w-]{40,}+|dapi[0-9a-f]{32})"
        ),
        MASK,
    ),
    (r"(?<![\w+/])[A-Za-z0-9+/]{86}==", MASK),
    (
        r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(?:(?!-----END )[\s\S])*+",
        rf"\1{MASK}",
    ),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), by) for pattern, by in _PATTERNS)


def masked(text: str) -> str:
    """The text's end, at most `MOST` characters of it, with what looks like a secret masked."""
    if len(text) > MOST:
        _, _, text = text[-MOST:].partition("\n")
    for pattern, by in _COMPILED:
        text = pattern.sub(by, text)
    return text


def shows_secret(text: str) -> bool:
    """Whether anything in it looks like a secret; all of the text counts."""
    return any(pattern.sub(by, text) != text for pattern, by in _COMPILED)
