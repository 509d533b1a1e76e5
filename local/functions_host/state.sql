-- What this host must not forget between two processes.

-- The version of each blob that a function is done with: it succeeded, or a poison message was sent.
create table if not exists receipt (
    function text not null,
    blob text not null,             -- container/name
    etag text not null,
    primary key (function, blob)
) without rowid;

-- Tries that failed, of the version not done yet.
create table if not exists failed_try (
    function text not null,
    blob text not null,
    etag text not null,
    tries integer not null,
    primary key (function, blob)
) without rowid;

-- Blobs of which an event came, not done yet. The same blob may be there twice.
create table if not exists blob_message (
    id integer primary key,
    function text not null,
    container text not null,
    blob text not null,
    tries integer not null,         -- that failed
    due real not null               -- Unix seconds
);

create table if not exists timer (
    function text primary key,
    schedule text not null,
    last real,                      -- Unix seconds
    next real not null,
    updated real not null
) without rowid;
