"""Queries of many instances, and the purge of ended ones."""

from typing import Any

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable.events import TERMINAL, seconds
from local.durable.store import Store

_PAGE = 100


def without_payloads(state: pb.OrchestrationState) -> pb.OrchestrationState:
    """Remove input and output from a state (custom status and failure stay)."""
    state.ClearField("input")
    state.ClearField("output")
    return state


def page(store: Store, query: pb.InstanceQuery) -> pb.QueryInstancesResponse:
    """Return a page of the matching instances by id, and the token of the next page if any."""
    where, values = _conditions(query)
    if query.HasField("instanceIdPrefix"):
        where += " and substr(id, 1, length(?)) = ?"
        values += [query.instanceIdPrefix.value] * 2
    where += " and id > ?"
    values.append(query.continuationToken.value)
    size = query.maxInstanceCount or _PAGE
    rows = store.db.execute(
        f"select state from instance where {where} order by id limit ?",  # noqa: S608
        (*values, size + 1),
    ).fetchall()
    states = [pb.OrchestrationState.FromString(row[0]) for row in rows[:size]]
    if not query.fetchInputsAndOutputs:
        states = [without_payloads(state) for state in states]
    more = {"value": states[-1].instanceId} if len(rows) > size else None
    return pb.QueryInstancesResponse(orchestrationState=states, continuationToken=more)


def purge(store: Store, request: pb.PurgeInstancesRequest) -> int:
    """Delete ended instances, by id or by filter, and return their number."""
    which = request.WhichOneof("request")
    if which == "purgeInstanceFilter":
        where, values = _conditions(request.purgeInstanceFilter)
    else:
        batch = which == "instanceBatch"
        ids = list(request.instanceBatch.instanceIds) if batch else [request.instanceId]
        where, values = f"id in ({','.join('?' * len(ids))})", list(ids)
    ended = ",".join(str(status) for status in sorted(TERMINAL))
    rows = store.db.execute(
        f"select id from instance where {where} and status in ({ended})",  # noqa: S608
        values,
    ).fetchall()
    for (instance,) in rows:
        store.purge(instance)
    return len(rows)


def _conditions(query: Any) -> tuple[str, list[Any]]:
    """Build the SQL conditions shared by instance queries and purge filters."""
    where, values = "true", list[Any]()
    if query.runtimeStatus:
        where += f" and status in ({','.join('?' * len(query.runtimeStatus))})"
        values += list(query.runtimeStatus)
    for field, compare in (("createdTimeFrom", ">="), ("createdTimeTo", "<=")):
        if query.HasField(field):
            where += f" and created {compare} ?"
            values.append(seconds(getattr(query, field)))
    return where, values
