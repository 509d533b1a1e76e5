"""Values of one field of an az ml file: right, odd and wrong ones, in YAML."""

type Values = dict[str, str]

_WRONG_KIND: Values = {"null": "null", "nothing": "", "list": "[a]", "map": "{a: b}"}

TEXT: Values = {
    **_WRONG_KIND,
    "text": "some text",
    "empty": '""',
    "number": "12",
    "fraction": "1.50",
    "quoted-number": '"010"',
    "yes": "yes",
    "date": "2026-01-02",
    "non-ascii": "Zürich",
}
WHOLE: Values = {
    **_WRONG_KIND,
    "one": "1",
    "three": "3",
    "as-text": '"3"',
    "spaced": '" 3 "',
    "octal": "010",
    "hexadecimal": "0x10",
    "underscored": "1_0",
    "sexagesimal": "1:30",
    "fraction": "3.5",
    "round-fraction": "3.0",
    "fraction-as-text": '"3.0"',
    "zero": "0",
    "negative": "-1",
    "huge": "1000000000000",
    "infinite": ".inf",
    "not-a-number": ".nan",
    "true": "true",
    "off": "off",
    "word": "many",
    "unit": "5s",
    "iso-duration": "PT5S",
    "empty": '""',
}
FEW_WHOLE: Values = {
    key: WHOLE[key] for key in ("null", "three", "as-text", "fraction", "negative", "true", "word")
}
SWITCH: Values = {
    **_WRONG_KIND,
    **{word: word for word in ("true", "false", "True", "FALSE", "yes", "no", "on", "off")},
    **{f"quoted-{word}": f'"{word}"' for word in ("true", "False", "yes", "off", "t", "N", "1")},
    "zero": "0",
    "one": "1",
    "two": "2",
    "one-point": "1.0",
    "word": "maybe",
    "empty": '""',
}
MAP: Values = {
    "null": "null",
    "empty": "{}",
    "text-value": "{a: b}",
    "numbers": "{a: 1, b: 1.50, c: 010, d: 0x1F, e: 1_000}",
    "switches": "{a: true, b: off, c: Yes}",
    "quoted": '{a: "010", b: "true"}',
    "null-value": "{a: null}",
    "list-value": "{a: [1]}",
    "map-value": "{a: {b: c}}",
    "number-key": "{1: a}",
    "switch-key": "{on: a}",
    "dotted-key": "{a.b: c}",
    "empty-value": '{a: ""}',
    "date": "{a: 2026-01-02, b: 2026-01-02T03:04:05Z}",
    "infinite": "{a: .inf, b: 1e3, c: 1.0e+3}",
    "list": "[a]",
    "pairs": "[[a, b]]",
    "text": "text",
    "number": "1",
}
SECTION: Values = {
    "null": "null",
    "nothing": "",
    "text": "text",
    "list": "[]",
    "number": "1",
    "unknown": "{nonsense: 1}",
    "empty": "{}",
}


def words(*allowed: str) -> Values:
    """Values of a field that takes a few words."""
    spelt: dict[str, str] = {}
    for word in allowed:
        parts = word.split("_")
        spelt |= {
            word: word,
            f"quoted-{word}": f'"{word}"',
            f"upper-{word}": word.upper(),
            f"title-{word}": word.capitalize(),
            f"camel-{word}": "".join(part.capitalize() for part in parts),
            f"dashed-{word}": word.replace("_", "-"),
            f"spaced-{word}": f'" {word}"',
        }
    wrong = {"wrong": "nonsense", "yes": "yes", "one": "1", "empty": '""'}
    return {**_WRONG_KIND, **spelt, **wrong}
