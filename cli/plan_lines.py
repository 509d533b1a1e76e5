"""Write a preview in lines."""

from collections.abc import Iterator, Mapping
from typing import Any


def plan_lines(shown: Mapping[str, Any]) -> Iterator[str]:
    """Yield a preview in lines, most important first."""
    yield _headline(shown)
    for it in shown["findings"]:
        line = f":{it['line']}" if it.get("line") is not None else ""
        yield f"  {it['severity']:<10}  {it['file']}{line}: {it['cause']}. {it['remedy']}"
    for it in shown["differences"]:
        now, then = (_value(it["what"], it[when]) for when in ("now", "then"))
        yield f"  changes     {it['what']}: {now} -> {then}"
    for number, it in enumerate(shown["steps"], start=1):
        marks = ", ".join(_marks(it))
        yield f"  step {number:>2}     {it['title']}" + (f"  ({marks})" if marks else "")
    if shown.get("quota"):
        yield f"  quota       {_quota(shown['quota'])}"
    if shown.get("cost"):
        yield f"  cost        {_cost(shown['cost'])}"
    for warning in shown["warnings"]:
        yield f"  warning     {warning}"


def _headline(shown: Mapping[str, Any]) -> str:
    if shown["outcome"] == "rejected":
        return "would be rejected"
    where = f"{shown['endpoint']}: {shown['deployment']}, digest {str(shown['digest'])[:12]}"
    if shown["outcome"] == "unchanged":
        return f"{where}: unchanged, nothing to do"
    writes = sum(it["writes"] for it in shown["steps"])
    return f"{where}: {len(shown['steps'])} steps, {writes} of them write"


def _marks(step: Mapping[str, Any]) -> Iterator[str]:
    if not step["writes"]:
        yield "only reads"
    if step["optional"]:
        yield "may fail"


def _value(what: str, value: Any) -> str:
    if what == "digest" and value is not None:
        return str(value)[:12]
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {share} %" for name, share in value.items()) or "none"
    return "none" if value is None else str(value)


def _quota(quota: Mapping[str, Any]) -> str:
    limit = "no limit" if quota["limit"] is None else f"{quota['limit']} allowed"
    freed = f", {quota['freed']} of them freed first" if quota["freed"] else ""
    return (
        f"{quota['family']}: {quota['needed']} cores needed, {quota['used']} used{freed}, {limit}"
    )


def _cost(cost: Mapping[str, Any]) -> str:
    amounts = (f"{_amount(cost[it])} {it}" for it in ("now", "during", "then"))
    unknown = f"; no price for {', '.join(cost['unknown'])}" if cost["unknown"] else ""
    told = f"{cost['currency']} an hour: {', '.join(amounts)}{unknown}"
    return f"{told} (prices of {cost['date']}, {cost['source']})"


def _amount(amount: float | None) -> str:
    return "unknown" if amount is None else f"{amount:.4f}".rstrip("0").rstrip(".")
