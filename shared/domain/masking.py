"""Mask secrets in texts from outside, at the place where they come in, and nowhere else. Pure.

Azure's errors quote signed URLs, containers log tokens and keys, flows repeat
their inputs. `AzureFailure` and `Signal` mask their arguments, so that ledger, log, result and
webhook never contain a secret.
"""

import re

MASK = "***"
# Characters that are kept, from the end of a text: a runtime may log megabytes.
MOST = 200_000

# Names of secrets, with any prefix: `DB_PASSWORD`, `PGPASSWORD`.
_SECRET_NAMES = (
    r"(?:shared[_-]?access|secret[_-]?access|access|account|storage|subscription|private|secret"
    r"|primary|secondary|master|admin|functions?|api)[_-]?key"
    r"|shared_?access_?signature|x-(?:ms|amz)-signature"
    r"|(?:access|refresh|auth|bearer|security|session)[_-]?token"
    r"|client[_-]?secret|password|passwd|passphrase"
)
# Names that are also ordinary words: their values are masked only if they look like keys.
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
    # Signatures of URLs: `sig` of a SAS; `c, s, h` of a status URL; a function's `code`.
    (rf"{_START}(sig)(=|%3d)[^&\s\"'\\<>*]+", rf"\1\2{MASK}"),
    (rf"([?&](?:[csh]|code)=){_VALUE}{{12,}}+", rf"\1{MASK}"),
    # Credentials of a request.
    (rf"{_START}(Bearer\s+)[\w.~+/-]{{8,}}+=*", rf"\1{MASK}"),
    (
        (
            rf"(authorization{_IS}(?:{_QUOTE})?(?:basic|digest|token|apikey|key|sharedkey(?:lite)?)\s+)"
            rf"[^\s\"'\\]{{6,}}+"
        ),
        rf"\1{MASK}",
    ),
    (rf"{_START}eyJ[\w-]{{8,}}+\.[\w-]{{8,}}+(?:\.[\w-]*+)?", MASK),
    # A name and its value: `AccountKey=…`, `api-key: …`, `"password": "…"`. Code is not masked.
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
    # Keys with a known form: OpenAI, Git hosts, Hugging Face, Google, AWS, Slack, npm, PyPI,
    # Databricks, and storage accounts.
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
    """Return at most the last `MOST` characters, with all that looks like a secret masked."""
    if len(text) > MOST:
        _, _, text = text[-MOST:].partition("\n")
    for pattern, by in _COMPILED:
        text = pattern.sub(by, text)
    return text


def shows_secret(text: str) -> bool:
    """Return whether anything in the whole text looks like a secret."""
    return any(pattern.sub(by, text) != text for pattern, by in _COMPILED)
