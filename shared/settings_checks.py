"""Checks of the app's settings, and of host.json against them, for `sluice doctor`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.app_names import AppNames, app_names
from shared.connection_checks import connection_problems
from shared.domain.access.policy_rule import parse_policy
from shared.domain.check import Area, Check, State
from shared.domain.masking import masked
from shared.settings import Settings, wrong_settings

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CONTAINER: Final = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_QUEUE: Final = re.compile(r"(?=.{1,260}$)[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?")
_FIELD: Final = re.compile(r"[0-9A-Za-z*,/-]+")
_SOURCES: Final = ("EventGrid", "LogsAndContainerScan")
_POLICY: Final = '[{"prefix": "", "endpoints": ["*"], "connections": ["*"]}]'
_EXAMPLES: Final[Mapping[str, str]] = {
    "AZURE_SUBSCRIPTION_ID": "SUBSCRIPTION-ID",
    "AZURE_RESOURCE_GROUP": "GROUP-OF-THE-WORKSPACE",
    "AZURE_ML_WORKSPACE": "WORKSPACE",
    "SLUICE_POLICY": _POLICY,
    "WEBHOOK_URL": "https://HOST/PATH",
    "PRICES": "PATH-OF-A-FILE",
    "AZURE_CLIENT_ID": "CLIENT-ID",
    "SWEEP_SCHEDULE": "0 * * * * *",
    "BLOB_TRIGGER_SOURCE": "EventGrid",
    "PYTHON_THREADPOOL_THREAD_COUNT": "32",
}
_DEFAULTS: Final = {
    str(it.alias): str(it.default)
    for it in Settings.model_fields.values()
    if it.default is not None
}
_OTHERS: Final = (
    "SWEEP_SCHEDULE",
    "BLOB_TRIGGER_SOURCE",
    "PYTHON_THREADPOOL_THREAD_COUNT",
    "AzureWebJobsStorage",
    "FUNCTIONS_WORKER_RUNTIME",
)
"""Settings that the host or a trigger reads, not `Settings`."""

type Problem = tuple[str, str, str | None, State]
"""The setting, what is wrong, the value to give it (None: remove it), how bad it is."""


def check_settings(environment: Mapping[str, str], host: Mapping[str, Any]) -> tuple[Check, ...]:
    """Check each setting by itself, against the others, and against host.json.

    Args:
        environment: the app's environment.
        host: the content of host.json.

    Returns one check for each problem, and one that is `ok` for each other setting.
    """
    given = {name: value for name, value in environment.items() if value}
    names = app_names(environment)
    found = [_check(it, names) for it in _problems(given, host)]
    wrong = {it.name for it in found}
    known = (*(str(it.alias) for it in Settings.model_fields.values()), *_OTHERS)
    return (*found, *(Check("settings", it) for it in known if it not in wrong))


def _problems(given: Mapping[str, str], host: Mapping[str, Any]) -> Iterator[Problem]:
    malformed = wrong_settings(given)
    for name, reason in malformed.items():
        yield name, reason, _EXAMPLES.get(name) or _DEFAULTS.get(name, "VALUE"), "failed"
    yield from connection_problems(given)
    yield from _names(given)
    if "SLUICE_POLICY" not in malformed:
        yield from _allowed(given)
    yield from _sign_in(given)
    yield from _webhook(given)
    yield from _host(given, host)


def _names(given: Mapping[str, str]) -> Iterator[Problem]:
    """Ids, containers and queues have a form, and differ from each other."""
    for name, form in (("AZURE_SUBSCRIPTION_ID", _GUID), ("AZURE_CLIENT_ID", _GUID)):
        if name in given and not form.fullmatch(given[name]):
            yield name, f"'{given[name]}' is not an id (a GUID)", _EXAMPLES[name], "failed"
    for names, form, what in (
        (("FLOWS_CONTAINER", "LEDGER_CONTAINER"), _CONTAINER, "container"),
        (("REQUESTS_QUEUE", "RESULTS_QUEUE", "CHANGES_QUEUE"), _QUEUE, "queue"),
    ):
        seen: dict[str, str] = {}
        for name in names:
            value = given.get(name, _DEFAULTS[name])
            if not form.fullmatch(value):
                yield name, f"'{value}' cannot name a {what}", _DEFAULTS[name], "failed"
            elif (other := seen.get(value.lower())) is not None:
                text = f"{other} names the same {what}, '{value}'"
                yield name, text, _DEFAULTS[name], "failed"
            seen.setdefault(value.lower(), name)


def _allowed(given: Mapping[str, str]) -> Iterator[Problem]:
    rules = parse_policy(given.get("SLUICE_POLICY", ""))
    signs_in = given.get("WEBSITE_AUTH_ENABLED") == "True"
    if not rules:
        yield "SLUICE_POLICY", "no rule: every flow is rejected", _POLICY, "failed"
    elif not signs_in and all(it.callers is not None for it in rules):
        text = (
            "each rule has callers, and the app's own sign-in is off (WEBSITE_AUTH_ENABLED): "
            "nothing can be deployed over HTTP"
        )
        yield "SLUICE_POLICY", text, _POLICY, "warning"
    acts = {it.strip().lower() for it in given.get("FUNCTION_KEY_ALLOWS", "").split(",")}
    if "nothing" in acts and len(acts) > 1:
        text = "'nothing' contradicts the other words"
        yield "FUNCTION_KEY_ALLOWS", text, "nothing", "failed"


def _sign_in(given: Mapping[str, str]) -> Iterator[Problem]:
    """Without App Service's sign-in, nobody could call an app that takes no function keys."""
    if "SIGN_IN_AUDIENCE" in given and given.get("WEBSITE_AUTH_ENABLED") != "True":
        text = (
            "callers must sign in, and the app's own sign-in is off (WEBSITE_AUTH_ENABLED): nobody "
            "can call; infra/scripts/sign-in.sh turns it on"
        )
        yield "SIGN_IN_AUDIENCE", text, None, "failed"


def _webhook(given: Mapping[str, str]) -> Iterator[Problem]:
    if "WEBHOOK_SECRET" in given and "WEBHOOK_URL" not in given:
        text = "WEBHOOK_URL is missing: the secret signs nothing"
        yield "WEBHOOK_SECRET", text, None, "failed"


def _host(given: Mapping[str, str], host: Mapping[str, Any]) -> Iterator[Problem]:
    """What the host reads, and its concurrency against the threads that there are."""
    schedule = given.get("SWEEP_SCHEDULE", _EXAMPLES["SWEEP_SCHEDULE"]).split()
    if len(schedule) not in (5, 6) or not all(map(_FIELD.fullmatch, schedule)):
        text = "it is no NCRONTAB expression (six fields)"
        yield "SWEEP_SCHEDULE", text, _EXAMPLES["SWEEP_SCHEDULE"], "failed"
    flex = given.get("WEBSITE_SKU") == "FlexConsumption"
    source = given.get("BLOB_TRIGGER_SOURCE", "EventGrid")
    if source not in _SOURCES:
        text = f"'{source}' is neither of {', '.join(_SOURCES)}"
        yield "BLOB_TRIGGER_SOURCE", text, "EventGrid", "failed"
    elif flex and source != "EventGrid":
        text = f"'{source}' never fires on Flex Consumption"
        yield "BLOB_TRIGGER_SOURCE", text, "EventGrid", "failed"
    if flex and "FUNCTIONS_WORKER_RUNTIME" in given:
        text = "Flex Consumption refuses it: the runtime is a property of the app"
        yield "FUNCTIONS_WORKER_RUNTIME", text, None, "failed"
    yield from _threads(given, busiest(host))


def _threads(given: Mapping[str, str], busy: int) -> Iterator[Problem]:
    name = "PYTHON_THREADPOOL_THREAD_COUNT"
    threads = given.get(name, "")
    if not threads:
        text = f"it is missing, and Python's default may be less than host.json's {busy} at once"
        yield name, text, _EXAMPLES[name], "failed"
    elif not threads.isascii() or not threads.isdigit() or not 1 <= int(threads) <= 32:
        yield name, f"'{threads}' is not a whole number from 1 to 32", _EXAMPLES[name], "failed"
    elif int(threads) <= busy:
        text = f"{threads} threads leave none free for HTTP: host.json lets {busy} be taken at once"
        yield name, text, _EXAMPLES[name], "failed"


def busiest(host: Mapping[str, Any]) -> int:
    """Return how many threads activities, messages of two queues and blobs may take at once.

    What host.json does not say is the host's own default.
    """
    inner = host.get("extensions") or {}
    durable, bus, blobs = (inner.get(it) or {} for it in ("durableTask", "serviceBus", "blobs"))
    activities = int(durable.get("maxConcurrentActivityFunctions", 10))
    messages = 2 * int(bus.get("maxConcurrentCalls", 16))
    return activities + messages + 2 * int(blobs.get("maxDegreeOfParallelism", 8))


def _check(problem: Problem, names: AppNames) -> Check:
    name, text, value, state = problem
    area: Area = "host" if "host.json" in text else "settings"
    command = names.remove(name) if value is None else names.set(name, value)
    return Check(area, name, state, masked(text), command)
