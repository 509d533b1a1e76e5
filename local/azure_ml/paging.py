"""Paging of lists: each page but the last links to the next one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote, urlencode

from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.settings import Settings

_AUTHORIZATION = "/providers/microsoft.authorization/"


def cut_page(call: Call, answer: Answer, settings: Settings) -> Answer:
    """Return the requested page of an answer that holds all items.

    A `nextLink` is absolute and repeats the query. Its host may have a port and other letter case,
    as the services behind ARM send it; RFC 3986, 6.2.2.1 and 6.2.3, calls that the same URL.
    """
    items = answer.body["value"]
    name = "$skipToken" if _AUTHORIZATION in call.path.lower() else "$skip"
    begin = _start_index(call, name)
    most = int(call.query.get("$top") or settings.page_size)
    end = begin + max(1, min(most, settings.page_size))
    page = {**answer.body, "value": items[begin:end]}
    if end < len(items):
        query = {key: value for key, value in call.query.items() if key.lower() != name.lower()}
        asked = urlencode({**query, name: _token(end)}, safe="$")
        page["nextLink"] = f"https://{settings.link_host}{quote(call.path)}?{asked}"
    return Answer(page, answer.status, answer.headers)


def _start_index(call: Call, name: str) -> int:
    token = next((text for key, text in call.query.items() if key.lower() == name.lower()), "")
    if not token:
        return 0
    try:
        return int(json.loads(urlsafe_b64decode(token))["next"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArmError(400, "InvalidSkipToken", f"The token '{token}' is not valid.") from error


def _token(number: int) -> str:
    return urlsafe_b64encode(json.dumps({"next": number}).encode()).decode()
