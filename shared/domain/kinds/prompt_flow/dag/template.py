"""Parse a Jinja template as far as the runtime does when it starts.

Only Jinja's own tags and filters count: the runtime loads no extensions and no other templates.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\{\{|\{%|\{#")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_NAMES = {"{{": "an expression '{{'", "{%": "a tag '{%'", "{#": "a comment '{#'"}
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_WORD = re.compile(
    r"(?P<before>[.|]\s*|\bis\s+(?:not\s+)?)?(?P<word>\b[A-Za-z_]\w*)(?P<equals>\s*=(?!=))?"
)
_BLOCKS = frozenset(
    ("for", "if", "macro", "call", "filter", "set", "block", "with", "autoescape", "raw")
)
_LOADING = frozenset(("extends", "include", "from", "import"))
_MIDDLE = frozenset(("else", "elif"))
_WORDS = frozenset(
    (
        *("and", "or", "not", "in", "is", "if", "else", "elif", "for", "true", "false", "none"),
        *("True", "False", "None", "recursive", "import", "as", "with", "without", "context"),
        *("ignore", "missing", "loop", "range", "dict", "lipsum", "cycler", "joiner", "namespace"),
    )
)
FILTERS = frozenset(
    (
        *("abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e"),
        *(
            "escape",
            "filesizeformat",
            "first",
            "float",
            "forceescape",
            "format",
            "groupby",
            "indent",
        ),
        *("int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "pprint"),
        *("random", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select"),
        *("selectattr", "slice", "sort", "string", "striptags", "sum", "title", "tojson", "trim"),
        *("truncate", "unique", "upper", "urlencode", "urlize", "wordcount", "wordwrap", "xmlattr"),
    )
)


class TemplateError(Exception):
    """The template does not parse; has line and cause."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(cause)
        self.line = line
        self.cause = cause


def template_names(text: str) -> frozenset[str]:
    """Return the names that the template takes from outside.

    Raises:
        TemplateError: Jinja would refuse it.
    """
    used, given, opened = set[str](), set[str](), list[tuple[str, int]]()
    for kind, inside, line in _parts(text):
        if kind == "{#":
            continue
        if kind == "{%":
            given |= _tag(inside, line, opened)
        used |= _used(inside, line, tag=kind == "{%")
    if opened:
        name, line = opened[-1]
        raise TemplateError(line, f"the tag '{name}' is never closed with 'end{name}'")
    return frozenset(used - given)


def _parts(text: str) -> Iterator[tuple[str, str, int]]:
    at, line = 0, 1
    while match := _TOKEN.search(text, at):
        line += text.count("\n", at, match.start())
        end = _end(text, match)
        if end < 0:
            raise TemplateError(line, f"{_NAMES[match[0]]} is never closed")
        inside = text[match.end() : end].strip().strip("-+").strip()
        yield match[0], inside, line
        line += text.count("\n", match.start(), end)
        at = end + 2
        if match[0] == "{%" and inside == "raw":
            closing = re.compile(r"\{%[-+]?\s*endraw\b").search(text, at)
            if closing is None:
                raise TemplateError(line, "the tag 'raw' is never closed with 'endraw'")
            line += text.count("\n", at, closing.start())
            at = closing.start()


def _end(text: str, match: re.Match[str]) -> int:
    """Return the position of the closing token; those in strings do not count."""
    closing = _ENDS[match[0]]
    if match[0] == "{#":
        return text.find(closing, match.end())
    at = match.end()
    while found := re.compile(f"{re.escape(closing)}|['\"]").search(text, at):
        if found[0] == closing:
            return found.start()
        string = _STRING.match(text, found.start())
        if string is None:  # a quote that nothing closes: Jinja refuses it as well
            return -1
        at = string.end()
    return -1


def _tag(inside: str, line: int, opened: list[tuple[str, int]]) -> set[str]:
    """Process one tag; returns the names that it defines."""
    name = inside.split(None, 1)[0].split("(", maxsplit=1)[0] if inside else ""
    if name.startswith("end") and name[3:] in _BLOCKS:
        if not opened or opened[-1][0] != name[3:]:
            raise TemplateError(line, f"'{name}' closes nothing that is open")
        opened.pop()
    elif name in _BLOCKS:
        if name != "set" or "=" not in _STRING.sub("", inside):
            opened.append((name, line))
    elif name in _MIDDLE and opened and opened[-1][0] in {"if", "for"}:
        return set()
    elif name in _LOADING:
        raise TemplateError(line, f"'{name}' needs another template, and the runtime loads none")
    elif name != "print":
        raise TemplateError(line, f"the tag '{name}' is not one of Jinja's")
    bare = _STRING.sub("", inside)
    if name in {"for", "set", "with", "macro"}:
        return set(re.findall(r"[A-Za-z_]\w*", bare.partition(" in ")[0].partition("=")[0]))
    return set()


def _used(inside: str, line: int, *, tag: bool) -> set[str]:
    bare = _STRING.sub("''", inside)
    if "{{" in bare or "{%" in bare:
        raise TemplateError(line, "an expression or tag begins inside another one")
    if tag:
        bare = bare.partition(" ")[2]
    found = set[str]()
    for match in _WORD.finditer(bare):
        before, word = (match["before"] or "").strip(), match["word"]
        if before == "|" and word not in FILTERS:
            raise TemplateError(line, f"Jinja has no filter '{word}'")
        if not before and not match["equals"] and word not in _WORDS:
            found.add(word)
    return found
