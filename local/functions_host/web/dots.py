"""Removal of `.` and `..` from a path, as web servers do before routing."""

from urllib.parse import unquote


def remove_dot_segments(path: str) -> str:
    """Return the path without dot segments, including percent-encoded ones, as in Azure.

    Kestrel decodes a path, except `%2F`, and then removes them
    (`Http1Connection.OnOriginFormTarget`, `PathNormalizer.RemoveDotSegments`): a request for
    `/a/b/..` or `/a/b/%2E%2E` is a request for `/a/`.
    """
    kept: list[str] = []
    for part in path.split("/")[1:]:
        plain = unquote(part)
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(part)
    return "/" + "/".join(kept)
