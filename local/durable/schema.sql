-- All that the backend knows. Memory holds only which work is handed out, and to whom.
create table if not exists instance (
    id text primary key,
    status integer not null,
    created real not null,
    completed real,
    state blob not null,            -- OrchestrationState
    parent blob                     -- ParentInstanceInfo, of a sub-orchestration
) without rowid;
create index if not exists instance_created on instance (created, id);

-- One row a turn: an OrchestratorRequest with pastEvents only. Serialized messages concatenate.
create table if not exists history (
    seq integer primary key autoincrement,
    id text not null,
    events blob not null
);
create index if not exists history_id on history (id, seq);

-- What waits for an instance. A durable timer is a row that is due later.
create table if not exists inbox (
    seq integer primary key autoincrement,
    id text not null,
    execution text,                 -- null: for whichever execution runs (events from outside)
    due real not null,
    event blob not null             -- HistoryEvent
);
create index if not exists inbox_id on inbox (id, due, seq);
create index if not exists inbox_due on inbox (due);

-- Activities scheduled and not completed.
create table if not exists task (
    id text not null,
    execution text not null,
    task_id integer not null,
    request blob not null,          -- ActivityRequest
    primary key (id, execution, task_id)
) without rowid;
