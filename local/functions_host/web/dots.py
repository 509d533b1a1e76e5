"""What a web server does with `.` and `..` before any route sees the path."""

from urllib.parse import unquote


def resolved(path: str) -> str:
    """The path without its dot segments, also where these are percent-encoded, as in Azure.

    Kestrel decodes a path, save for `%2F`, and then takes them out
    (`Http1Connection.OnOriginFormTarget`, `PathNormalizer.RemoveDotSegments`): a request for
    `/a/b/..` or `/a/b/%2E%2E` is one for `/a/`.
    """
    kept: list[str] = []
    for part in path.split("/")[1:]:
        plain = unquote(part)
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(part)
    return "/" + "/".join(kept)
