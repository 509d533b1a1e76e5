-- What Event Grid must not forget between two processes.

-- The version of each blob for which an event was made.
create table if not exists seen (
    blob text primary key,
    etag text not null
) without rowid;

create table if not exists event (
    id text primary key,
    body text not null,             -- JSON
    made real not null,             -- Unix seconds
    attempts integer not null,
    due real not null
) without rowid;
