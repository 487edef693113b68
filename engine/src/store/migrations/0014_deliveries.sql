-- Replies and notes on their way to people at a desk: written in the commit that keeps the reply or the note, tried after it under
-- a key that is made of the id.
create table delivery (
  id         integer primary key autoincrement,
  reply_id   integer,                        -- one of both
  notice_id  integer,
  inbox      text    not null,               -- a name of crier.yaml, or an address
  state      integer not null default 0,     -- waits, delivered, undelivered, kept
  attempts   integer not null default 0,     -- begun so often
  due_at     integer not null,
  give_up_at integer not null,
  written_at integer not null,
  ended_at   integer,
  message_id integer,                        -- the text that carries it, where the inbox is a phone
  said       text                            -- what was said last
);
create index delivery_due on delivery (inbox, due_at) where state = 0;
create index delivery_undelivered on delivery (inbox) where state = 2;
create unique index delivery_reply on delivery (reply_id, inbox) where reply_id is not null;
create unique index delivery_notice on delivery (notice_id) where notice_id is not null;

-- What is known of an inbox that took nothing, or takes no more than so much.
create table inbox_state (
  inbox    text    primary key not null,
  failures integer not null default 0,
  until    integer,                          -- nothing goes there before
  stopped  integer not null default 0        -- nothing goes there until somebody says so
) without rowid;
