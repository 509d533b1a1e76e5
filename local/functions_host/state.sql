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

create table if not exists timer (
    function text primary key,
    schedule text not null,
    last real,                      -- Unix seconds
    next real not null,
    updated real not null
) without rowid;
