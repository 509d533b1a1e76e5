"""Activities that are scheduled and not completed."""

import sqlite3

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable.events import event, failure
from local.durable.store import Store, TaskKey


def open_tasks(store: Store) -> list[TaskKey]:
    """Return all uncompleted activities; at process start each waits for a worker."""
    rows = store.db.execute("select id, execution, task_id from task").fetchall()
    return [TaskKey(*row) for row in rows]


def schedule(store: Store, key: TaskKey, request: pb.ActivityRequest) -> None:
    """Add an activity that waits for a worker."""
    store.db.execute("insert into task values (?,?,?,?)", (*key, request.SerializeToString()))
    store.scheduled.append(key)


def find(store: Store, key: TaskKey) -> pb.ActivityRequest | None:
    """Return the activity's request; None once it is completed or its execution has ended."""
    row: sqlite3.Row | None = store.db.execute(
        "select request from task where id=? and execution=? and task_id=?", key
    ).fetchone()
    return pb.ActivityRequest.FromString(row[0]) if row else None


def complete(store: Store, key: TaskKey, response: pb.ActivityResponse) -> None:
    """Post an activity's result to its orchestration, if it is still expected."""
    if find(store, key) is None:
        return
    store.db.execute("delete from task where id=? and execution=? and task_id=?", key)
    store.post(key.instance, _outcome(response), execution=key.execution)


def _outcome(response: pb.ActivityResponse) -> pb.HistoryEvent:
    if not response.HasField("failureDetails"):
        result = response.result if response.HasField("result") else None
        return event(
            taskCompleted=pb.TaskCompletedEvent(taskScheduledId=response.taskId, result=result)
        )
    details = response.failureDetails
    if not details.errorMessage:
        details.errorMessage = failure(details.errorType or "Exception", "").errorMessage
    return event(
        taskFailed=pb.TaskFailedEvent(taskScheduledId=response.taskId, failureDetails=details)
    )
