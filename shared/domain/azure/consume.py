"""How to call an endpoint: address, credential, a sample request, and code that sends it. Pure.

The code reads the key or token from the environment variable `ENDPOINT_KEY`, and runs as printed.
"""

import json
import shlex
from collections.abc import Mapping
from pprint import pformat
from typing import Any
from urllib.parse import urlsplit, urlunsplit

_AAD = "az account get-access-token --resource https://ml.azure.com --query accessToken -o tsv"
_HOW = {
    "Key": ("primaryKey", "The key does not expire until somebody regenerates it"),
    "AMLToken": ("accessToken", "The token expires; ask again before its refreshAfterTimeUtc"),
}


_LONGEST = 2_000


def shorten_images(value: Any) -> Any:
    """Return a sample request with the content of each image replaced by its length."""
    if isinstance(value, Mapping):
        return {key: _brief_image(key, each) for key, each in value.items()}
    return [shorten_images(each) for each in value] if isinstance(value, list) else value


def _brief_image(key: str, value: Any) -> Any:
    image = any(str(it).startswith("data:image/") for it in (key, value))
    if image and isinstance(value, str) and len(value) > _LONGEST:
        return f"<an image of {len(value)} characters in base64>"
    return shorten_images(value)


def scoring_url(scoring_uri: str, path: str) -> str:
    """Return an endpoint's URI for a deployment that answers at another path than its own."""
    place = urlsplit(scoring_uri)
    return urlunsplit((place.scheme, place.netloc, path, "", "")) if place.netloc else scoring_uri


def swagger_url(scoring_uri: str) -> str:
    """Return the URL of the endpoint's OpenAPI document: `/swagger.json` on the scoring host."""
    place = urlsplit(scoring_uri)
    return f"{place.scheme}://{place.netloc}/swagger.json"


def describe_credential(name: str, auth_mode: str, workspace_id: str) -> dict[str, str]:
    """Explain how a caller gets the credential for the auth mode; never contains the secret.

    The output of `command` goes into `ENDPOINT_KEY`.
    """
    if auth_mode == "AADToken":
        note = "The caller needs a role with the action workspaces/onlineEndpoints/score/action"
        return {"auth_mode": auth_mode, "command": _AAD, "note": note}
    field, note = _HOW.get(auth_mode, _HOW["Key"])
    parts = workspace_id.strip("/").split("/")
    command = (
        f"az ml online-endpoint get-credentials --name {name} --resource-group {parts[3]} "
        f"--workspace-name {parts[7]} --subscription {parts[1]} --query {field} -o tsv"
    )
    return {"auth_mode": auth_mode, "command": command, "note": note}


def samples(scoring_uri: str, request: Mapping[str, Any]) -> dict[str, str]:
    """Return the same call in curl, Python, C# and JavaScript; none needs extra packages."""
    body = json.dumps(request, ensure_ascii=False)
    pretty = json.dumps(request, ensure_ascii=False, indent=2)
    return {
        "curl": _CURL.format(uri=shlex.quote(scoring_uri), body=shlex.quote(body)),
        "python": _PYTHON.format(uri=scoring_uri, body=pformat(dict(request), sort_dicts=False)),
        "csharp": _CSHARP.format(uri=scoring_uri, body=pretty),
        "javascript": _JAVASCRIPT.format(uri=scoring_uri, body=pretty),
    }


_CURL = """\
curl --silent --show-error --fail-with-body {uri} \\
  --header "Authorization: Bearer $ENDPOINT_KEY" \\
  --header "Content-Type: application/json" \\
  --data {body}
"""

_PYTHON = """\
import json
import os
import urllib.error
import urllib.request

data = {body}
request = urllib.request.Request(
    "{uri}",
    data=json.dumps(data).encode(),
    headers={{
        "Authorization": "Bearer " + os.environ["ENDPOINT_KEY"],
        "Content-Type": "application/json",
    }},
)
try:
    with urllib.request.urlopen(request) as answer:
        print(answer.read().decode())
except urllib.error.HTTPError as error:
    raise SystemExit(f"{{error.code}}: {{error.read().decode()}}")
"""

# A raw string literal (C# 11) ends at three quotes in a row, which JSON never has.
_CSHARP = '''\
// .NET 8: dotnet new console, this as Program.cs, dotnet run
using System.Net.Http.Headers;
using System.Text;

var body = """
{body}
""";
using var client = new HttpClient {{ Timeout = TimeSpan.FromMinutes(5) }};
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
    "Bearer", Environment.GetEnvironmentVariable("ENDPOINT_KEY"));
using var content = new StringContent(body, Encoding.UTF8, "application/json");
using var answer = await client.PostAsync("{uri}", content);
var text = await answer.Content.ReadAsStringAsync();
Console.WriteLine(answer.IsSuccessStatusCode ? text : $"{{(int)answer.StatusCode}}: {{text}}");
return answer.IsSuccessStatusCode ? 0 : 1;
'''

_JAVASCRIPT = """\
// Node 18 or newer: node sample.js
const data = {body};

async function main() {{
  const answer = await fetch("{uri}", {{
    method: "POST",
    headers: {{
      Authorization: `Bearer ${{process.env.ENDPOINT_KEY}}`,
      "Content-Type": "application/json",
    }},
    body: JSON.stringify(data),
  }});
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${{answer.status}}: ${{text}}`);
  console.log(text);
}}

main().catch((error) => {{
  console.error(error);
  process.exitCode = 1;
}});
"""
