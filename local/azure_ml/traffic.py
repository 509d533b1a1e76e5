"""Checks of traffic and mirrored traffic."""

from collections.abc import Collection, Mapping

from local.azure_ml.errors import invalid


def check(
    traffic: Mapping[str, int], mirror: Mapping[str, int], deployments: Collection[str]
) -> None:
    """Refuse traffic that Azure refuses. `deployments` are those of the endpoint, in lower case.

    Live traffic sums to 0 or 100, mirrored traffic goes to one deployment and is at most 50, and
    no deployment takes both.
    """
    for name, share in {**mirror, **traffic}.items():
        if not isinstance(share, int) or not 0 <= share <= 100:
            raise invalid(f"Traffic of deployment '{name}' must be between 0 and 100.")
    live, mirrored = _with_traffic(traffic), _with_traffic(mirror)
    for name in live | mirrored:
        if name.lower() not in deployments:
            raise invalid(f"Deployment '{name}' in the traffic does not exist.", field="Traffic")
    if sum(traffic.values()) not in (0, 100):
        raise invalid("Traffic of all deployments must add up to 0 or 100.", field="Traffic")
    if len(mirrored) > 1 or sum(mirror.values()) > 50:
        message = "Mirror traffic may go to one deployment only, at most 50 percent."
        raise invalid(message, field="MirrorTraffic")
    if live & mirrored:
        message = "A deployment cannot take live and mirror traffic at once."
        raise invalid(message, field="MirrorTraffic")


def _with_traffic(shares: Mapping[str, int]) -> set[str]:
    return {name for name, share in shares.items() if share}
