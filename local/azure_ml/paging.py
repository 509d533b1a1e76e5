"""Lists come a page at a time, and each page but the last says where the next one is."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote, urlencode

from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Answer, Call
from local.azure_ml.settings import Settings

_AUTHORIZATION = "/providers/microsoft.authorization/"


def paged(call: Call, answer: Answer, settings: Settings) -> Answer:
    """The page that the call asks for, of a list that has all its items.

    A `nextLink` is absolute, repeats the query, and may write the host with its port and in
    another letter case, as the services behind ARM do: RFC 3986, 6.2.2.1 and 6.2.3, the same URL.
    """
    items = answer.body["value"]
    name = "$skipToken" if _AUTHORIZATION in call.path.lower() else "$skip"
    begin = _begin(call, name)
    most = int(call.query.get("$top") or settings.page_size)
    end = begin + max(1, min(most, settings.page_size))
    page = {**answer.body, "value": items[begin:end]}
    if end < len(items):
        query = {key: value for key, value in call.query.items() if key.lower() != name.lower()}
        asked = urlencode({**query, name: _token(end)}, safe="$")
        page["nextLink"] = f"https://{settings.link_host}{quote(call.path)}?{asked}"
    return Answer(page, answer.status, answer.headers)


def _begin(call: Call, name: str) -> int:
    given = next((text for key, text in call.query.items() if key.lower() == name.lower()), "")
    if not given:
        return 0
    try:
        return int(json.loads(urlsafe_b64decode(given))["next"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArmError(400, "InvalidSkipToken", f"The token '{given}' is not valid.") from error


def _token(number: int) -> str:
    return urlsafe_b64encode(json.dumps({"next": number}).encode()).decode()
